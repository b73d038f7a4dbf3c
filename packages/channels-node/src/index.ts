export type { AllowedHosts } from "./hosts.ts";
export type { AccessLogEntry, ListenOptions, ServerOptions } from "./options.ts";
export { isTrustedProxyEntry } from "./proxies.ts";
export { serve, type CloseOptions, type Server } from "./server.ts";
