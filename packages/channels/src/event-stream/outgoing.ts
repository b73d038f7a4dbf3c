/**
 * Buffers the bytes for one reader. A waiting reader receives them at once and without a copy, so that many readers can
 * share the same bytes. For a busy reader, this class collects and counts them, and then sends them in pieces. A reader
 * is busy until the system has accepted its last piece.
 */
import { DRAINED_BYTES } from "../application/socket.ts";
import { join } from "../internal/bytes.ts";

/** The largest piece. A slow reader takes one within seconds, so that the heartbeat sees its progress. */
const MAX_PIECE_BYTES = 16_384;

/** The outgoing bytes of one reader, as a stream. */
export class Outgoing {
  readonly stream: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** The size of the piece that the system has yet to accept. */
  #passedBytes = 0;
  /** Whether the first waiting bytes are the rest of a write whose beginning the reader has. */
  #hasBegun = false;
  #drained: PromiseWithResolvers<void> | undefined;
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
        this.#passedBytes = 0;
        this.#pass();
        if (this.bufferedBytes < DRAINED_BYTES) this.#resolveDrained();
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

  /** The number of bytes that the system has not accepted: those that wait, and the last piece. */
  get bufferedBytes(): number {
    return this.#waitingBytes + this.#passedBytes;
  }

  /** Resolves once less than 64 KiB wait for the system, or the stream has ended. */
  async drained(): Promise<void> {
    if (this.bufferedBytes < DRAINED_BYTES) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
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

  /** Drops the waiting bytes, except the rest of a write that has begun: the next write must not land inside it. */
  clear(): void {
    this.#waiting = this.#hasBegun ? this.#waiting.slice(0, 1) : [];
    this.#waitingBytes = this.#waiting[0]?.length ?? 0;
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
    this.#hasBegun = false;
    this.clear();
    this.#passedBytes = 0;
    this.#resolveDrained();
    this.#isEnding = false;
    clearTimeout(this.#deadline);
  }

  #resolveDrained(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #pass(): void {
    const [first] = this.#waiting;
    if (!this.#isReaderWaiting || this.#isCorked) return;
    if (first !== undefined) {
      const piece = this.#nextPiece(first);
      this.#isReaderWaiting = false;
      this.#hasReceived = true;
      this.#waitingBytes -= piece.length;
      this.#passedBytes = piece.length;
      this.#controller.enqueue(piece);
    } else if (this.#isEnding) {
      this.#stop();
      this.#controller.close();
    }
  }

  /** Removes the next piece from the waiting bytes. */
  #nextPiece(first: Uint8Array): Uint8Array {
    this.#hasBegun = first.length > MAX_PIECE_BYTES;
    if (this.#hasBegun) {
      this.#waiting[0] = first.subarray(MAX_PIECE_BYTES);
      return first.subarray(0, MAX_PIECE_BYTES);
    }
    let count = 1;
    let bytes = first.length;
    for (; count < this.#waiting.length; count += 1) {
      bytes += (this.#waiting[count] as Uint8Array).length;
      if (bytes > MAX_PIECE_BYTES) break;
    }
    const pieces = this.#waiting.splice(0, count);
    return count === 1 ? first : join(pieces);
  }
}
