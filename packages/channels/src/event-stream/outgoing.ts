/**
 * Bytes on their way to one reader. While the reader waits for some, they are
 * handed over at once and as they are, so that many readers can be given the
 * same; while it is busy they add up, are counted, and go out as one piece. A
 * reader is busy until its client, or the system in between, has what it took.
 */
import { join } from "../internal/bytes.ts";

/** See the head of this file. */
export class Outgoing {
  readonly stream: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isReaderWaiting = false;
  #hasTaken = false;
  #isCorked = false;
  #isEnding = false;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  /** @param onCancel Called when the reader leaves before the end. */
  constructor(onCancel: () => void) {
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.#isReaderWaiting = true;
        this.#handOver();
      },
      cancel: () => {
        this.#stop();
        onCancel();
      },
    };
    // What waits is counted here; the stream is to hold none of it.
    this.stream = new ReadableStream(source, { highWaterMark: 0 });
  }

  /** How much the reader has not taken. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#handOver();
  }

  /** What is written until `uncork` goes out in one piece. */
  cork(): void {
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    this.#handOver();
  }

  /** Forgets what the reader has not taken. */
  clear(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Whether the reader has taken nothing since this was asked before, though something waits for it. */
  isStalled(): boolean {
    const isStalled = !this.#hasTaken && this.#waiting.length > 0;
    this.#hasTaken = false;
    return isStalled;
  }

  /** Ends the stream behind what waits, or aborts it when the reader takes longer than this. */
  end(timeoutMs: number): void {
    this.#isEnding = true;
    this.#deadline = setTimeout(() => this.abort(), timeoutMs);
    this.uncork();
  }

  /** Fails the stream, so that whoever sends it cuts off its client, also in the middle of sending. */
  abort(): void {
    this.#stop();
    this.#controller.error(new DOMException("The client did not read.", "AbortError"));
  }

  #stop(): void {
    this.clear();
    this.#isEnding = false;
    clearTimeout(this.#deadline);
  }

  #handOver(): void {
    const [first] = this.#waiting;
    if (!this.#isReaderWaiting || this.#isCorked) return;
    if (first !== undefined) {
      const bytes = this.#waiting.length === 1 ? first : join(this.#waiting);
      this.#isReaderWaiting = false;
      this.#hasTaken = true;
      this.clear();
      this.#controller.enqueue(bytes);
    } else if (this.#isEnding) {
      this.#stop();
      this.#controller.close();
    }
  }
}
