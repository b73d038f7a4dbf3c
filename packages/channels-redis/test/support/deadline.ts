/** Waiting in tests: for a promise or a condition, never for a fixed time, and never for ever. */
import { setTimeout as delay } from "node:timers/promises";

const DEADLINE_MS = 20_000;
const POLL_MS = 5;

/** Resolves once the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, awaited: string): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`Waited ${DEADLINE_MS} ms for ${awaited}.`);
    await delay(POLL_MS);
  }
}

/** Tries again until it works. */
export async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await delay(POLL_MS);
    }
  }
}
