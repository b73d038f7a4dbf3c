import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options: object) => void;

/** Frees what nothing holds any more, now: also code that has not run for a while, and what caches hold weakly. */
export function collectGarbage(): void {
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
