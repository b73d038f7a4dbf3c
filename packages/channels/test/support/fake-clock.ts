/** A clock that a test moves by hand. */
export class FakeClock {
  #nowMs = 0;
  readonly now = (): number => this.#nowMs;

  advance(durationMs: number): void {
    this.#nowMs += durationMs;
  }
}
