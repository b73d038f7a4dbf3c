/** Keeps the real timers for deadlines, in case a test mocks the global ones. */
export const startTimer: typeof setTimeout = globalThis.setTimeout;
export const stopTimer: typeof clearTimeout = globalThis.clearTimeout;
