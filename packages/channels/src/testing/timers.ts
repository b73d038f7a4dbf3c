/** The timers of the clock on the wall, kept from before a test replaces them: its deadlines must not stand still. */
export const startTimer: typeof setTimeout = globalThis.setTimeout;
export const stopTimer: typeof clearTimeout = globalThis.clearTimeout;
