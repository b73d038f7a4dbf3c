/**
 * What every channel layer must do, as a list of cases that any test runner can
 * run; the layers of this project pass it, and so should yours.
 *
 * @example
 * for (const { title, run } of layerConformance({ isShared: false })) {
 *   test(title, () => run(harness()));
 * }
 */
import { CHANNEL_CASES } from "./conformance/channel-cases.ts";
import { GROUP_CASES } from "./conformance/group-cases.ts";
import type { ConformanceCase, ConformanceHarness } from "./conformance/harness.ts";
import { SHARED_CASES } from "./conformance/shared-cases.ts";

/** The cases for a layer: those for several processes as well when its backend serves them. */
export function layerConformance({ isShared }: Pick<ConformanceHarness, "isShared">): readonly ConformanceCase[] {
  return isShared ? [...CHANNEL_CASES, ...GROUP_CASES, ...SHARED_CASES] : [...CHANNEL_CASES, ...GROUP_CASES];
}
