/** Waits in tests: for a promise or a condition, with a deadline, never for a fixed time. */
import { setTimeout as delay } from "node:timers/promises";

const DEADLINE_MS = 15_000;
const POLL_MS = 5;

/**
 * Returns the promise's value.
 * @throws {Error} An error that names `awaited`, after 15 seconds.
 */
export async function soon<T>(promise: Promise<T>, awaited: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Waited ${DEADLINE_MS} ms for ${awaited}.`)), DEADLINE_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Resolves once the condition holds.
 * @throws {Error} An error that names `awaited`, after 15 seconds.
 */
export async function until(condition: () => boolean | Promise<boolean>, awaited: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${DEADLINE_MS} ms for ${awaited}.`);
    await delay(POLL_MS);
  }
}

/**
 * Repeats an attempt until it succeeds, and returns its value.
 * @throws The error of the last attempt, after 15 seconds.
 */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(POLL_MS);
    }
  }
}
