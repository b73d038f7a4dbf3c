/** The owner of a queue, which runs its tasks. */
export interface TaskRunner<Task> {
  /** Starts a task. Returns a promise while the task runs; the promise never rejects. */
  start(task: Task): Promise<void> | undefined;
}

/** A queue that runs one task at a time, in order. */
export class SerialQueue<Task> {
  readonly #runner: TaskRunner<Task>;
  #waiting: Task[] = [];
  #isBusy = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(runner: TaskRunner<Task>) {
    this.#runner = runner;
  }

  /** Adds a task. Starts it at once when no other task runs. */
  push(task: Task): void {
    if (this.#isBusy) this.#waiting.push(task);
    else this.#run(task);
  }

  /** Adds a task. Starts it in a microtask at the earliest, after the caller has returned. */
  pushLater(task: Task): void {
    this.#waiting.push(task);
    if (this.#isBusy) return;
    this.#isBusy = true;
    queueMicrotask(() => this.#run(this.#waiting.shift()));
  }

  /** Removes the waiting tasks, except those that `isKept` accepts. Default: removes all. */
  clear(isKept: (task: Task) => boolean = () => false): void {
    this.#waiting = this.#waiting.filter(isKept);
  }

  /** Resolves once no task runs or waits. */
  whenIdle(): Promise<void> {
    if (!this.#isBusy) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  #run(first: Task | undefined): void {
    this.#isBusy = true;
    for (let next = first; next !== undefined; next = this.#waiting.shift()) {
      const running = this.#runner.start(next);
      if (running === undefined) continue;
      void running.then(() => this.#run(this.#waiting.shift()));
      return;
    }
    this.#isBusy = false;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
