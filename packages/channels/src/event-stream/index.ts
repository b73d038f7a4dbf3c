/** Event streams: WebSocket applications over HTTP, for networks that block WebSockets. */
export { eventStream, type EventStreamScope } from "./event-stream.ts";
export type { EventStreamOptions } from "./options.ts";
