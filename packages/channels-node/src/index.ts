export type { AccessLogEntry } from "./access-log.ts";
export { AddressList, isTrustedProxyEntry } from "./address-list.ts";
export type { Admit, Arrival } from "./admission.ts";
export type { AllowedHosts } from "./allowed-hosts.ts";
export type { ConnectionLimit } from "./connection-limit.ts";
export type { ListenOptions } from "./listen.ts";
export type { ServerOptions } from "./options.ts";
export { serve, type CloseOptions, type Server } from "./server.ts";
export type { Certificate, TlsOptions } from "./tls.ts";
