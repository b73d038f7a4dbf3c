/**
 * Building blocks for protocol servers, such as `@lobby/channels-node`.
 * @unstable These exports may change in a minor version.
 */
export { checkRoot } from "../application/check-application.ts";
export { checkClose, SLOW_CLIENT_CODE, SLOW_CLIENT_REASON } from "../application/close-codes.ts";
export {
  bodyDenial,
  closingDenial,
  failureOf,
  lateDenial,
  openSocket,
  type Failure,
  type OpeningSocket,
} from "../application/failure.ts";
export { incomingRequest } from "../application/incoming-request.ts";
export { newHttpScope, newWebSocketScope, type ConnectionFacts } from "../application/new-scope.ts";
export { DRAINED_BYTES } from "../application/socket.ts";
export type { ClientAddress } from "../application/scope.ts";
export { describeValue } from "../describe-value.ts";
export {
  BodyTooLargeError,
  BrokenBodyError,
  ConfigurationError,
  OriginRefusedError,
  ServerClosingError,
  UntrustedProxyError,
} from "../errors.ts";
export type { FrameBatch, FrameCodec } from "../fanout/codec.ts";
export { createFanout, type FanoutOptions, type ServerFanout } from "../fanout/fanout.ts";
export { isAbort } from "../internal/abort-error.ts";
export { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
export { checkFunction, checkOptions } from "../internal/check-options.ts";
export { cutTarget } from "../internal/cut-target.ts";
export { isolateHook } from "../internal/isolate-hook.ts";
export { WarnOnce } from "../internal/warn-once.ts";
export { originCheck, originDenial, type OriginCheck } from "../middleware/origin.ts";
export { logReport } from "../report.ts";
export { BufferGuard } from "./buffer-guard.ts";
export { Heartbeat, type HeartbeatTarget } from "./heartbeat.ts";
