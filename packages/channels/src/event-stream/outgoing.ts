/**
 * Buffers the bytes for one reader. A waiting reader receives them at once and unchanged, so that many readers can share
 * the same bytes. For a busy reader, this class collects and counts them, and then sends them as one piece. A reader is
 * busy until the system has accepted its last piece.
 */
import { join } from "../internal/bytes.ts";

/** The outgoing bytes of one reader, as a stream. */
export class Outgoing {
  readonly stream: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isReaderWaiting = false;
  #hasReceived = false;
  #isCorked = false;
  #isEnding = false;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  /** @param onCancel Called when the reader cancels before the end. */
  constructor(onCancel: () => void) {
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.#isReaderWaiting = true;
        this.#pass();
      },
      cancel: () => {
        this.#stop();
        onCancel();
      },
    };
    // This class counts the waiting bytes; the stream must not hold any.
    this.stream = new ReadableStream(source, { highWaterMark: 0 });
  }

  /** The number of bytes that the reader has not received. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#pass();
  }

  /** Collects writes until `uncork`, which sends them in one piece. */
  cork(): void {
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    this.#pass();
  }

  /** Drops the waiting bytes. */
  clear(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Returns whether bytes wait and the reader has received nothing since the last call. */
  isStalled(): boolean {
    const isStalled = !this.#hasReceived && this.#waiting.length > 0;
    this.#hasReceived = false;
    return isStalled;
  }

  /** Ends the stream after the waiting bytes. Aborts it when the reader has not read them after this time. */
  end(timeoutMs: number): void {
    this.#isEnding = true;
    this.#deadline = setTimeout(() => this.abort(), timeoutMs);
    this.uncork();
  }

  /** Drops the waiting bytes and fails the stream, so that the server cuts the client, even during a write. */
  abort(): void {
    this.#stop();
    this.#controller.error(new DOMException("The client did not read.", "AbortError"));
  }

  #stop(): void {
    this.clear();
    this.#isEnding = false;
    clearTimeout(this.#deadline);
  }

  #pass(): void {
    const [first] = this.#waiting;
    if (!this.#isReaderWaiting || this.#isCorked) return;
    if (first !== undefined) {
      const bytes = this.#waiting.length === 1 ? first : join(this.#waiting);
      this.#isReaderWaiting = false;
      this.#hasReceived = true;
      this.clear();
      this.#controller.enqueue(bytes);
    } else if (this.#isEnding) {
      this.#stop();
      this.#controller.close();
    }
  }
}
