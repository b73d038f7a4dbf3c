/** The frames for a socket that its consumer has not accepted yet. */
export class EarlyFrames {
  readonly #frames: unknown[] = [];

  /** Adds a frame. Returns the number of frames. */
  add(frame: unknown): number {
    return this.#frames.push(frame);
  }

  /** Writes all frames to the accepted socket, in order. */
  writeTo(socket: { write(frame: unknown): void }): void {
    for (const frame of this.#frames) socket.write(frame);
  }
}
