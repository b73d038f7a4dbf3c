/** The frames for a socket that its consumer has not accepted yet. */
export class EarlyFrames {
  readonly #frames: unknown[] = [];
  #bytes = 0;

  add(frame: unknown, bytes: number): void {
    this.#frames.push(frame);
    this.#bytes += bytes;
  }

  /** The number of frames. */
  get count(): number {
    return this.#frames.length;
  }

  /** The size of all frames. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Writes all frames to the accepted socket, in order. */
  writeTo(socket: { write(frame: unknown): void }): void {
    for (const frame of this.#frames) socket.write(frame);
  }
}
