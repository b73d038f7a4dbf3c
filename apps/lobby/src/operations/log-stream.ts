import { write as writeFile } from "node:fs";
import { Socket } from "node:net";

const STANDARD_ERROR = 2;

/** The text that waits for a slow or broken standard error, in UTF-16 units. */
const MAX_WAITING_LENGTH = 1_048_576;

/** The time between two attempts to write after an error, such as that of a full disk. */
const RETRY_MS = 1_000;

/** The time that waiting lines get when the process ends. */
const FLUSH_TIMEOUT_MS = 1_000;

/** Writes bytes, and reports how many of them it has written. */
type WriteBytes = (bytes: Buffer, done: (error: Error | null | undefined, written: number) => void) => void;

/**
 * A stream of lines to standard error that never makes the process wait.
 *
 * Lines wait in memory while the disk is full or the reader pauses. Above the maximum, the stream drops further lines,
 * and counts them. It reports the number as soon as half of the memory is free again.
 */
export class LogStream {
  readonly #writeBytes: WriteBytes = process.stderr instanceof Socket ? writeToStream : writeToFile;
  readonly #reportLoss: (lost: number) => void;
  /** The lines after those in `#batch`. */
  #lines: string[] = [];
  /** The rest of the lines that the stream is writing. */
  #batch: Buffer = Buffer.alloc(0);
  #batchLength = 0;
  #waitingLength = 0;
  #lost = 0;
  #isWriting = false;
  #retry: NodeJS.Timeout | undefined;
  /** Resolves when no line waits, and at the next error. */
  #settled = Promise.withResolvers<void>();

  /** @param reportLoss Writes a line about the number of lines that were lost. */
  constructor(reportLoss: (lost: number) => void) {
    this.#reportLoss = reportLoss;
  }

  /** Takes a line, with its line break. */
  write(line: string): void {
    if (this.#waitingLength + line.length > MAX_WAITING_LENGTH) {
      this.#lost += 1;
      return;
    }
    this.#lines.push(line);
    this.#waitingLength += line.length;
    if (!this.#isWriting) this.#writeNext();
  }

  /** Resolves when every line is written, after an error, or after one second. */
  async flush(): Promise<void> {
    if (this.#waitingLength === 0) return;
    const { promise: timeout, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, FLUSH_TIMEOUT_MS).unref();
    this.#settled = Promise.withResolvers();
    if (this.#retry !== undefined) this.#writeNext();
    await Promise.race([this.#settled.promise, timeout]);
  }

  #writeNext(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#isWriting = true;
    if (this.#batch.length === 0) {
      const text = this.#lines.join("");
      this.#lines = [];
      this.#batch = Buffer.from(text);
      this.#batchLength = text.length;
    }
    this.#writeBytes(this.#batch, (error, written) => {
      if (error) this.#retryLater();
      else this.#advance(written);
    });
  }

  #retryLater(): void {
    this.#retry = setTimeout(() => this.#writeNext(), RETRY_MS).unref();
    this.#settled.resolve();
  }

  #advance(written: number): void {
    this.#batch = this.#batch.subarray(written);
    if (this.#batch.length === 0) {
      this.#waitingLength -= this.#batchLength;
      this.#batchLength = 0;
    }
    if (this.#lost > 0 && this.#waitingLength < MAX_WAITING_LENGTH / 2) {
      this.#reportLoss(this.#lost);
      this.#lost = 0;
    }
    if (this.#waitingLength > 0) {
      this.#writeNext();
      return;
    }
    this.#isWriting = false;
    this.#settled.resolve();
  }
}

/** Writes to a pipe, a socket or a terminal. Node waits for the reader without a thread. */
function writeToStream(bytes: Buffer, done: Parameters<WriteBytes>[1]): void {
  process.stderr.write(bytes, (error) => done(error, bytes.length));
}

/** Writes to a file in another thread. A full disk takes a part of the bytes, and then none. */
function writeToFile(bytes: Buffer, done: Parameters<WriteBytes>[1]): void {
  writeFile(STANDARD_ERROR, bytes, done);
}
