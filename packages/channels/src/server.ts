/** The parts that a protocol server is made of, for whoever writes one. `@lobby/channels-node` is one. */
export type { ServerSocket, SocketHandler } from "./application.ts";
export { checkClose } from "./close-codes.ts";
export { Fanout, type FanoutOptions, type FrameBatch, type FrameCodec } from "./fanout.ts";
export { harmless, printReport } from "./hooks.ts";
export { originDenial } from "./security/websocket.ts";
