/** Runs one thing at a time, in the order in which they came. */

/** Who does what is to be done. */
export interface TurnTaker<Task> {
  /** Does it; a promise when it goes on, which never rejects. */
  start(task: Task): Promise<void> | undefined;
}

/** See the head of this file. */
export class Turns<Task> {
  readonly #taker: TurnTaker<Task>;
  #waiting: Task[] = [];
  #isBusy = false;
  #whenSettled: PromiseWithResolvers<void> | undefined;

  constructor(taker: TurnTaker<Task>) {
    this.#taker = taker;
  }

  /** Begins at once when nothing is being done. */
  take(task: Task): void {
    if (this.#isBusy) this.#waiting.push(task);
    else this.#run(task);
  }

  /** Begins when whoever calls this has ended, at the earliest. */
  takeSoon(task: Task): void {
    this.#waiting.push(task);
    if (this.#isBusy) return;
    this.#isBusy = true;
    queueMicrotask(() => this.#run(this.#waiting.shift()));
  }

  /** Forgets what waits, except for what is to be kept. */
  forget(isKept: (task: Task) => boolean = () => false): void {
    this.#waiting = this.#waiting.filter(isKept);
  }

  /** Resolves when nothing is being done and nothing waits. */
  settled(): Promise<void> {
    if (!this.#isBusy) return Promise.resolve();
    this.#whenSettled ??= Promise.withResolvers();
    return this.#whenSettled.promise;
  }

  /** Does this, and what waits behind it. */
  #run(first: Task | undefined): void {
    this.#isBusy = true;
    for (let next = first; next !== undefined; next = this.#waiting.shift()) {
      const running = this.#taker.start(next);
      if (running === undefined) continue;
      void running.then(() => this.#run(this.#waiting.shift()));
      return;
    }
    this.#isBusy = false;
    this.#whenSettled?.resolve();
    this.#whenSettled = undefined;
  }
}
