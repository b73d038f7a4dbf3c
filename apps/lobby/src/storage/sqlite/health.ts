/** A line for the operator's log about the store. */
export interface StoreNotice {
  readonly level: "error" | "info";
  readonly message: string;
  /** The number of changes that the store has refused meanwhile. */
  readonly refusedCount?: number;
}

/** The most damaged parts that the store remembers and logs, so that visitors cannot fill the log. */
const MAX_DAMAGED_PARTS = 20;

/**
 * The health of a store. It remembers the last failed write until a write succeeds, and the parts that could not be
 * used until they can. The log gets a line when a state begins and when it ends, however many calls it refuses.
 */
export class StoreHealth {
  readonly #log: (notice: StoreNotice) => void;
  /** The failed and the damaged operations, such as `read the room "lobby"`, with their reasons. */
  readonly #damaged = new Map<string, { readonly reason: string; readonly isProblem: boolean }>();
  #failure: string | undefined;
  #failedBytes = 0;
  #refusedCount = 0;

  constructor(log: (notice: StoreNotice) => void) {
    this.#log = log;
  }

  /** Why the store cannot serve; undefined when it can. */
  get problem(): string | undefined {
    if (this.#failure !== undefined) return this.#failure;
    for (const [operation, { reason, isProblem }] of this.#damaged)
      if (isProblem) return `Cannot ${operation}. ${reason}`;
    return undefined;
  }

  /** Whether an operation on a part of the database failed the last time. */
  get hasDamage(): boolean {
    return this.#damaged.size > 0;
  }

  /** Whether the last write failed. */
  get isFailing(): boolean {
    return this.#failure !== undefined;
  }

  /** The size of the largest write that failed since the last one that succeeded. */
  get failedBytes(): number {
    return this.#failedBytes;
  }

  /** Notes that a write failed, and that the store refused `calls` changes because of it. */
  writeFailed(reason: string, bytes: number, calls: number): void {
    const isNew = reason !== this.#failure;
    this.#failure = reason;
    this.#failedBytes = Math.max(this.#failedBytes, bytes);
    this.#refusedCount += calls;
    if (isNew) this.#log({ level: "error", message: `The store refuses changes. ${reason}` });
  }

  /** Notes that a write succeeded. */
  wrote(): void {
    if (this.#failure === undefined) return;
    const refusedCount = this.#refusedCount;
    this.#failure = undefined;
    this.#failedBytes = 0;
    this.#refusedCount = 0;
    this.#log({ level: "info", message: "The store accepts changes again.", refusedCount });
  }

  /**
   * Notes that an operation on a part of the database failed, such as `read the room "lobby"`.
   * @param isProblem Whether the store cannot serve until it succeeds. False for the refusal of one entry, so that no
   * visitor can take the server out of service.
   */
  damaged(operation: string, reason: string, isProblem = true): void {
    if (this.#damaged.has(operation) || this.#damaged.size >= MAX_DAMAGED_PARTS) return;
    this.#damaged.set(operation, { reason, isProblem });
    this.#log({ level: "error", message: `Cannot ${operation}. ${reason}` });
  }

  /** Notes that an operation on a part of the database succeeded. */
  intact(operation: string): void {
    if (this.#damaged.delete(operation)) this.#log({ level: "info", message: `Can ${operation} again.` });
  }
}
