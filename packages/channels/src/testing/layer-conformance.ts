/**
 * The conformance suite of channel layers: a list of cases for any test runner. The layers of this project pass it. For
 * each case, a test of this project breaks a layer and checks that the case fails.
 *
 * @example
 * for (const { title, run } of layerConformance({ isShared: false })) {
 *   test(title, () => run(harness()));
 * }
 */
import { CHANNEL_CASES } from "./conformance/channel-cases.ts";
import { ENDING_CASES } from "./conformance/ending-cases.ts";
import { GROUP_CASES } from "./conformance/group-cases.ts";
import { Kit, type ConformanceCase, type LayerTraits } from "./conformance/harness.ts";
import { LEASE_CASES } from "./conformance/lease-cases.ts";
import { LIMIT_CASES, SIZE_CASES } from "./conformance/limit-cases.ts";
import { NAME_CASES } from "./conformance/name-cases.ts";
import { RESTART_CASES } from "./conformance/restart-cases.ts";
import { SHARED_CASES } from "./conformance/shared-cases.ts";
import { VALUE_CASES } from "./conformance/value-cases.ts";
import { WAITING_CASES } from "./conformance/waiting-cases.ts";

/** Returns the cases for a layer with these traits. */
export function layerConformance({ isShared, limitsSize, canRestart }: LayerTraits): readonly ConformanceCase[] {
  const cases = [
    ...NAME_CASES,
    ...VALUE_CASES,
    ...CHANNEL_CASES,
    ...WAITING_CASES,
    ...LIMIT_CASES,
    ...(limitsSize === true ? SIZE_CASES : []),
    ...GROUP_CASES,
    ...LEASE_CASES,
    ...ENDING_CASES,
    ...(isShared ? SHARED_CASES : []),
    ...(canRestart === true ? RESTART_CASES : []),
  ];
  return cases.map(({ title, check }) => ({ title, run: (harness) => check(new Kit(harness)) }));
}
