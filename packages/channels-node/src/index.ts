export type { AllowedHosts } from "./allowed-hosts.ts";
export type { AccessLogEntry, ListenOptions, ServerOptions } from "./options.ts";
export { isTrustedProxyEntry } from "./trusted-proxies.ts";
export { serve, type CloseOptions, type Server } from "./server.ts";
