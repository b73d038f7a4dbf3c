import { setTimeout as delay } from "node:timers/promises";
import { FilesError, type DatabaseFiles } from "./database-files.ts";
import type { StoreHealth } from "./health.ts";
import { isDamage, isLocked, isOutage, isSurelyNotStored, reasonOf } from "./sqlite-errors.ts";

/** How long a write waits for another process that writes, such as a migration. */
const LOCK_WAIT_MS = 5_000;

/** The same after a failed write, so that later ones hear soon that nothing has changed. */
const LOCK_WAIT_OF_PROBE_MS = 1_000;

/** The time between two attempts to get the lock. Reads run between them. */
const LOCK_RETRY_MS = 10;

/** A text takes at most this many times its size on the disk, beside the pages that every commit writes. */
const DISK_BYTES_PER_BYTE = 4;
const DISK_BYTES_PER_COMMIT = 65_536;

/** The largest probe. A larger one would delay the entries behind it. */
const MAX_PROBE_BYTES = 4_194_304;

/** A write that has certainly stored nothing. */
export class NotStoredError extends Error {
  /** Whether only this write failed, for example because it needs a damaged page. Others can succeed. */
  readonly isPartial: boolean;

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.isPartial = !stopsAllWrites(cause);
  }
}

/** The dependencies of a `Writer`. */
export interface WriterOptions {
  readonly files: DatabaseFiles;
  readonly health: StoreHealth;
  /** Commits a change that cancels itself out, of at least this many bytes. */
  readonly probe: (bytes: number) => Promise<void>;
  /** Runs reads while another process holds the lock. */
  readonly whileLocked: () => Promise<void>;
}

/** One write: a transaction, and the number of calls that wait for it. */
export interface Write<Result> {
  readonly transaction: () => Promise<Result>;
  /** Returns the size of its texts in bytes. */
  readonly bytes: () => number;
  readonly calls: number;
}

/**
 * Runs the writes of the store, and tells those that stored nothing from those with an unknown outcome.
 *
 * After a failed write, the next one first runs a probe that needs as much space. So a failure ends when
 * the space, the lock or the files are back, and an unknown outcome does not follow another one.
 */
export class Writer {
  readonly #options: WriterOptions;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /**
   * Runs a transaction, and returns its result after the commit.
   * @throws {NotStoredError} When it has certainly stored nothing.
   * @throws {Error} When the outcome is unknown.
   */
  async run<Result>({ transaction, bytes, calls }: Write<Result>): Promise<Result> {
    const { files, health } = this.#options;
    if (health.isFailing) await this.probe(calls);
    let result: Result;
    try {
      files.requireUsable();
      result = await this.#whenUnlocked(transaction, LOCK_WAIT_MS);
    } catch (error) {
      if (!stopsAllWrites(error)) throw new NotStoredError(error);
      const isSure = isSurelyNotStored(error);
      health.writeFailed(reasonOf(error), bytes(), isSure ? calls : 0);
      // The commit of a probe overwrites the failed commit, which then is certainly not stored.
      if (isSure || (await this.#canProbe())) throw new NotStoredError(error);
      throw unknownOutcome(error);
    }
    try {
      files.accept();
    } catch (error) {
      health.writeFailed(reasonOf(error), bytes(), 0);
      throw unknownOutcome(error);
    }
    health.wrote();
    return result;
  }

  /**
   * Checks that a write can succeed. After failed writes, the probe needs as much space as the largest of them.
   * @param calls The number of calls that the store refuses when the probe fails.
   * @throws {NotStoredError} When it cannot.
   */
  async probe(calls = 0): Promise<void> {
    const { files, health, probe } = this.#options;
    const { failedBytes } = health;
    const size = Math.min(failedBytes * DISK_BYTES_PER_BYTE + DISK_BYTES_PER_COMMIT, MAX_PROBE_BYTES);
    try {
      files.requireIntact();
      if (health.isFailing) await this.#whenUnlocked(() => probe(size), LOCK_WAIT_OF_PROBE_MS);
      else await this.#whenUnlocked(() => probe(0), LOCK_WAIT_MS);
      files.accept();
    } catch (error) {
      // The other writes do not use what the probe uses.
      if (!stopsAllWrites(error)) return health.damaged("write to the list of people", reasonOf(error));
      health.writeFailed(reasonOf(error), failedBytes, calls);
      throw new NotStoredError(error);
    }
    health.intact("write to the list of people");
    health.wrote();
  }

  async #canProbe(): Promise<boolean> {
    try {
      await this.probe();
    } catch {
      return false;
    }
    return !this.#options.health.isFailing;
  }

  async #whenUnlocked<Result>(transaction: () => Promise<Result>, waitMs: number): Promise<Result> {
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      try {
        return await transaction();
      } catch (error) {
        if (!isLocked(error) || performance.now() >= deadlineMs) throw error;
      }
      await this.#options.whileLocked();
      await delay(LOCK_RETRY_MS);
    }
  }
}

/** Tells whether the cause is the disk, the lock or the files, which a probe meets like every other write. */
function stopsAllWrites(error: unknown): boolean {
  return error instanceof FilesError || (isOutage(error) && !isDamage(error));
}

function unknownOutcome(error: unknown): Error {
  return new Error(`The outcome of a commit is unknown. ${reasonOf(error)}`);
}
