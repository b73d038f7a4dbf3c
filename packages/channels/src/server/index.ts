/** The parts that a protocol server is made of, for whoever writes one. `@lobby/channels-node` is one. */
export type { ServerSocket, SocketHandler } from "../application/socket.ts";
export { bodyDenial } from "../application/failure.ts";
export { checkClose } from "../application/close-codes.ts";
export { describeValue } from "../errors.ts";
export {
  closingDenial,
  failureOf,
  lateDenial,
  openSocket,
  type Failure,
  type OpeningSocket,
} from "../application/failure.ts";
export { createFanout, type FanoutOptions, type ServerFanout } from "../fanout/fanout.ts";
export type { FrameBatch, FrameCodec } from "../fanout/codec.ts";
export { WarnOnce } from "../internal/warn-once.ts";
export { Heartbeat, type HeartbeatTarget } from "./heartbeat.ts";
export { isolateHook } from "../internal/isolate-hook.ts";
export { logReport } from "../report.ts";
export { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
export { checkFunction, checkOptions } from "../internal/check-options.ts";
export { originDenial } from "../middleware/origin.ts";
