/** The parts that a protocol server is made of, for whoever writes one. `@lobby/channels-node` is one. */
export type { ServerSocket, SocketHandler } from "./application.ts";
export { bodyDenial } from "./body.ts";
export { checkClose } from "./close-codes.ts";
export { show } from "./errors.ts";
export { closingDenial, failureOf, lateDenial, openSocket, type Failure, type OpeningSocket } from "./failure.ts";
export { createFanout, type FanoutOptions, type ServerFanout } from "./fanout.ts";
export type { FrameBatch, FrameCodec } from "./frame-codec.ts";
export { FirstTimes } from "./first-times.ts";
export { Heartbeat, type Heart } from "./heartbeat.ts";
export { guardHook, printReport } from "./hooks.ts";
export { checkLimits, MAX_TIMER_MS } from "./limits.ts";
export { checkFunction, checkOptions } from "./options.ts";
export { originDenial } from "./security/websocket.ts";
