/**
 * Bytes on their way to one reader. While the reader waits for some, they are
 * handed over at once and as they are, so that many readers can be given the
 * same; while it is busy they add up, are counted, and go out as one piece.
 */
import { join } from "../bytes.ts";

/** See the head of this file. */
export class Outgoing {
  readonly stream: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isReaderWaiting = false;
  #isCorked = false;
  #isEnding = false;

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
        this.clear();
        this.#isEnding = false;
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

  /** Ends the stream behind what waits. */
  end(): void {
    this.#isEnding = true;
    this.uncork();
  }

  #handOver(): void {
    const [first] = this.#waiting;
    if (this.#isReaderWaiting && !this.#isCorked && first !== undefined) {
      const bytes = this.#waiting.length === 1 ? first : join(this.#waiting);
      this.#isReaderWaiting = false;
      this.clear();
      this.#controller.enqueue(bytes);
    }
    if (this.#isEnding && this.#waiting.length === 0) {
      this.#isEnding = false;
      this.#controller.close();
    }
  }
}
