/** Knows the other nodes, so that a post with an invented connection id is answered at once. */

/** The hellos that a node may miss before the others forget it. */
const MAX_MISSED = 3;

/** The time after its own first hello in which a node cannot know all others. */
const DISCOVERY_MS = 1_000;

/** The interval between two hellos of a node. */
const HELLO_INTERVAL_MS = 10_000;

/** The nodes that have sent a hello. A node that stops sending them is forgotten after 30 to 40 seconds. */
export class KnownNodes {
  /** The missed hellos by the names of the nodes. */
  readonly #missed = new Map<string, number>();
  readonly #sayHello: () => Promise<void>;
  /** Resolves at the end of discovery. */
  readonly #discovery = Promise.withResolvers<void>();
  /** The questions about unknown nodes during discovery, by name. */
  readonly #questions = new Map<string, PromiseWithResolvers<void>>();
  #isDiscovering = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param sayHello Sends a hello to all nodes. */
  constructor(sayHello: () => Promise<void>) {
    this.#sayHello = sayHello;
  }

  /**
   * Sends the first hello, and further ones until `stop`.
   * @throws {unknown} The error of the first hello.
   */
  async start(): Promise<void> {
    await this.#sayHello();
    this.#timer = unref(setTimeout(() => this.#endDiscovery(), DISCOVERY_MS));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#discovery.resolve();
  }

  /** Records the hello of a node. Returns whether the node is new. */
  heard(name: string): boolean {
    const isNew = !this.#missed.has(name);
    this.#missed.set(name, 0);
    this.#questions.get(name)?.resolve();
    return isNew;
  }

  /** Returns whether a node exists. A node that has just started waits for the hellos of the others. */
  async exists(name: string): Promise<boolean> {
    if (!this.#missed.has(name)) await Promise.race([this.#discovery.promise, this.#hello(name)]);
    return this.#missed.has(name);
  }

  /** Resolves with the hello of a node during discovery. */
  #hello(name: string): Promise<void> {
    const question = this.#questions.get(name) ?? Promise.withResolvers<void>();
    if (this.#isDiscovering) this.#questions.set(name, question);
    return question.promise;
  }

  #endDiscovery(): void {
    this.#isDiscovering = false;
    this.#questions.clear();
    this.#discovery.resolve();
    this.#schedule();
  }

  #schedule(): void {
    this.#timer = unref(setTimeout(() => void this.#repeat(), HELLO_INTERVAL_MS));
  }

  async #repeat(): Promise<void> {
    try {
      await this.#sayHello();
      this.#forgetSilentNodes();
    } catch {
      // The layer reports its outage. Other nodes are silent meanwhile, so none of them is forgotten.
    }
    this.#schedule();
  }

  #forgetSilentNodes(): void {
    for (const [name, missed] of this.#missed) {
      if (missed === MAX_MISSED) this.#missed.delete(name);
      else this.#missed.set(name, missed + 1);
    }
  }
}

/** Lets an otherwise idle process end before the timer. */
function unref(timer: ReturnType<typeof setTimeout>): ReturnType<typeof setTimeout> {
  (timer as { readonly unref?: () => void }).unref?.();
  return timer;
}
