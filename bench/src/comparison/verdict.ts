import type { Summary } from "../report/statistics.ts";

/** The verdict on a row: how the working tree's values compare with those of the other commit. */
export type Verdict = "slower" | "faster" | "same";

/** Medians that differ by at most this many percent count as the same. */
const TOLERANCE_PERCENT = 5;

/**
 * Returns "slower" when the median of the working tree is more than 5 % worse than that of the other commit and
 * the two ranges do not overlap; "faster" when the same holds the other way round; and otherwise "same".
 * @param better Which of two values is better: for latency and memory, the lower one.
 */
export function verdictOn(better: "higher" | "lower", workingTree: Summary, commit: Summary): Verdict {
  if (isWorse(better, workingTree, commit)) return "slower";
  if (isWorse(better, commit, workingTree)) return "faster";
  return "same";
}

function isWorse(better: "higher" | "lower", a: Summary, b: Summary): boolean {
  return better === "higher"
    ? 100 * a.median < (100 - TOLERANCE_PERCENT) * b.median && a.max < b.min
    : 100 * a.median > (100 + TOLERANCE_PERCENT) * b.median && a.min > b.max;
}
