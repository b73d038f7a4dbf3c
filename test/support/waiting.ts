/** Waiting in tests: for a promise or a condition, never for a fixed time, and never for ever. */
import { setTimeout as delay } from "node:timers/promises";

const DEADLINE_MS = 15_000;
const POLL_MS = 5;

/** The promise's value; an error that says what was awaited when it takes too long. */
export async function soon<T>(promise: Promise<T>, awaited: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Waited ${DEADLINE_MS} ms for ${awaited}.`)), DEADLINE_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves once the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, awaited: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${DEADLINE_MS} ms for ${awaited}.`);
    await delay(POLL_MS);
  }
}

/** Tries again until it works. @returns what it gave then. */
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
