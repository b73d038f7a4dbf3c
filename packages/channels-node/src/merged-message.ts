import { IncomingMessage } from "node:http";

/** Pieces of a body below this size are merged. */
const SMALL_BYTES = 1_024;
/** The small pieces of one body that reach the application without delay; later ones wait for `SMALL_BYTES` or the end. */
const PROMPT_PIECES = 1_000;
/** The unread pieces above which the server stops to read from the connection. */
const MAX_PIECES = 64;

/**
 * A request that merges the small pieces of its body. Each chunk of a chunked body is a piece, and keeping a piece of one
 * byte costs hundreds of bytes.
 */
export class MergedMessage extends IncomingMessage {
  /** The small pieces that arrived in this iteration of the event loop; undefined before the first one. */
  #small: Buffer | undefined;
  #smallBytes = 0;
  /** The number of small pieces that did not wait. */
  #prompt = 0;
  /** The number of unread pieces. */
  #pieces = 0;
  #mayReadOn = true;

  /** Called by Node's parser with each piece, and with null at the end. Returns whether the server may read on. */
  override push(piece: Buffer | null): boolean {
    if (piece === null || piece.length >= SMALL_BYTES) {
      this.#flush();
      this.#push(piece);
      return this.#mayReadOn;
    }
    if (this.#smallBytes + piece.length > SMALL_BYTES) this.#flush();
    if (this.#smallBytes === 0 && this.#prompt < PROMPT_PIECES) {
      this.#prompt += 1;
      setImmediate(() => this.#flush());
    }
    this.#small ??= Buffer.allocUnsafeSlow(SMALL_BYTES);
    this.#small.set(piece, this.#smallBytes);
    this.#smallBytes += piece.length;
    return this.#mayReadOn;
  }

  #flush(): void {
    if (this.#small === undefined || this.#smallBytes === 0) return;
    const piece = Buffer.from(this.#small.subarray(0, this.#smallBytes));
    this.#smallBytes = 0;
    this.#push(piece);
  }

  #push(piece: Buffer | null): void {
    const isBelowMark = super.push(piece);
    this.#pieces = this.readableLength <= (piece?.length ?? 0) ? 1 : this.#pieces + 1;
    this.#mayReadOn = isBelowMark && this.#pieces < MAX_PIECES;
  }
}
