// The exports of @lobby/channels-node. `npm run describe` writes this file.

import { AllowedOrigins } from "@lobby/channels";
import { ClientAddress } from "@lobby/channels/server";
import { ConsumerReport } from "@lobby/channels";
import { Denial } from "@lobby/channels";
import { ProtocolRouter } from "@lobby/channels";
import { RequestHeaders } from "@lobby/channels";
import { TlsOptions as NodeTlsOptions } from "node:tls";

export interface AccessLogEntry {
  readonly kind: "http" | "websocket-open" | "websocket-refused" | "websocket-close";
  readonly method: string;
  readonly target: string;
  readonly client: string;
  readonly status: number;
  readonly durationMs: number;
}

export declare class AddressList {
  constructor(entries: readonly string[], option?: string, entryName?: string);
  has(address: string): boolean;
}

export type Admit = (arrival: Arrival) => Denial | Release | undefined;

export type AllowedHosts = "any" | readonly string[];

export interface Arrival {
  readonly type: "http" | "websocket";
  readonly url: URL;
  readonly headers: RequestHeaders;
  readonly client: ClientAddress;
}

export type Certificate = Pick<NodeTlsOptions, (typeof CERTIFICATE_NAMES)[number]>;

export interface CloseOptions {
  readonly code?: number;
  readonly reason?: string;
  readonly timeoutMs?: number;
}

export interface ConnectionLimit {
  readonly perNetwork: number;
  readonly total: number;
  readonly exempt?: readonly string[];
  readonly onRefused?: (limit: "perNetwork" | "total") => void;
}

export declare function isTrustedProxyEntry(entry: string): boolean;

export type ListenOptions =
  | { readonly port: number; readonly host?: string }
  | { readonly path: string }
  | { readonly fd: number };

export declare function serve(application: ProtocolRouter, options?: ServerOptions): Promise<Server>;

export interface Server {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly connections: number;
  setCertificate(certificate: Certificate): void;
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerOptions {
  readonly listen?: ListenOptions;
  readonly tls?: TlsOptions;
  readonly allowedHosts?: AllowedHosts;
  readonly allowedOrigins?: AllowedOrigins;
  readonly trustProxy?: readonly string[];
  readonly admit?: Admit;
  readonly connectionLimit?: ConnectionLimit;
  readonly maxPayloadBytes?: number;
  readonly maxFragments?: number;
  readonly maxBodyBytes?: number;
  readonly maxBufferedBytes?: number;
  readonly slowClientCloseCode?: number;
  readonly handshakeTimeoutMs?: number;
  readonly pingIntervalMs?: number;
  readonly closeTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly sendTimeoutMs?: number;
  readonly keepAliveTimeoutMs?: number;
  readonly maxHeaderBytes?: number;
  readonly onAccess?: (entry: AccessLogEntry) => void;
  readonly onReport?: (report: ConsumerReport) => void;
}

export type TlsOptions = Pick<NodeTlsOptions, (typeof NAMES)[number]>;

// Not exported, but part of the above:

declare const CERTIFICATE_NAMES: readonly ["cert", "key", "passphrase", "pfx"];

declare const NAMES: readonly [
  "allowPartialTrustChain",
  "ca",
  "cert",
  "certificateCompression",
  "ciphers",
  "crl",
  "dhparam",
  "ecdhCurve",
  "enableTrace",
  "honorCipherOrder",
  "key",
  "maxVersion",
  "minVersion",
  "passphrase",
  "pfx",
  "privateKeyEngine",
  "privateKeyIdentifier",
  "pskCallback",
  "pskIdentityHint",
  "rejectUnauthorized",
  "requestCert",
  "secureOptions",
  "secureProtocol",
  "sessionIdContext",
  "sessionTimeout",
  "sigalgs",
  "SNICallback",
  "ticketKeys",
];

type Release = () => void;
