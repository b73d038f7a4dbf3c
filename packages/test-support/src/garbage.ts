/** Garbage collection on demand, for tests that count what memory still holds. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options: object) => void;

/** Frees every unreachable object now, and those that only caches and idle code still reach. */
export function collectGarbage(): void {
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
