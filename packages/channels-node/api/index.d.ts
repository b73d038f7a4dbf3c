// The exports of @lobby/channels-node. `npm run describe` writes this file.

import { AllowedOrigins } from "@lobby/channels";
import { ConsumerReport } from "@lobby/channels";
import { ProtocolRouter } from "@lobby/channels";
import { ServerOptions as TlsOptions } from "node:https";

export interface AccessLogEntry {
  readonly kind: "http" | "websocket-open" | "websocket-refused" | "websocket-close";
  readonly method: string;
  readonly target: string;
  readonly client: string;
  readonly status: number;
  readonly durationMs: number;
}

export type AllowedHosts = "any" | readonly string[];

export interface CloseOptions {
  readonly code?: number;
  readonly reason?: string;
  readonly timeoutMs?: number;
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
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerOptions {
  readonly listen?: ListenOptions;
  readonly tls?: TlsOptions;
  readonly allowedHosts?: AllowedHosts;
  readonly allowedOrigins?: AllowedOrigins;
  readonly trustProxy?: readonly string[];
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
  readonly onAccess?: (entry: AccessLogEntry) => void;
  readonly onReport?: (report: ConsumerReport) => void;
}
