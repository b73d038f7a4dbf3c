/** The real timers, read before a test mocks them: deadlines must use real time. */
export const startTimer: typeof setTimeout = globalThis.setTimeout;
export const stopTimer: typeof clearTimeout = globalThis.clearTimeout;
