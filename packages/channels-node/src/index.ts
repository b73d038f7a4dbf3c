export type { AccessLogEntry, ListenOptions, ServerOptions } from "./options.ts";
export { serve, type CloseOptions, type Server } from "./server.ts";
