/** Time that passes when a test says so. */
export class FakeClock {
  #nowMs = 0;
  readonly now = (): number => this.#nowMs;

  advance(durationMs: number): void {
    this.#nowMs += durationMs;
  }
}
