/** A source of the current time. */
export interface Clock {
  /** Returns the time in milliseconds since 1970. */
  nowMs(): number;
}

/** The clock of the machine. */
export const systemClock: Clock = { nowMs: () => Date.now() };
