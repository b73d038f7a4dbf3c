import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** Frees what nothing holds any more, now. */
export const collectGarbage: () => void = runInNewContext("gc") as () => void;
