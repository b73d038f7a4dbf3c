/** The certificate of a server and its other TLS options. */
import type { Server as HttpServer } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { TlsOptions as NodeTlsOptions } from "node:tls";
import { checkOptions, ConfigurationError } from "@lobby/channels/server";

const CERTIFICATE_NAMES = ["cert", "key", "passphrase", "pfx"] as const;

/**
 * The options of `node:tls` that a server takes. The others are not for TLS, or the server sets them itself: it speaks
 * HTTP/1.1 alone, so a client can choose no other protocol, and `headersTimeoutMs` also bounds the TLS handshake.
 */
const NAMES = [
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
] as const;

/** The TLS options of a server, as for `node:tls`. */
export type TlsOptions = Pick<NodeTlsOptions, (typeof NAMES)[number]>;

/** A certificate with its key, as for `node:tls`. */
export type Certificate = Pick<NodeTlsOptions, (typeof CERTIFICATE_NAMES)[number]>;

/**
 * Throws unless the options are TLS options.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown.
 */
export function checkTls(options: unknown): void {
  checkOptions("`tls`", options, NAMES);
}

/**
 * Replaces the certificate of a listening server. Its other TLS options and its open connections stay as they are.
 * @param options The TLS options that the server started with; undefined without TLS.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the server has no TLS, or an option is unknown.
 * @throws {Error} Node's error for a malformed certificate; the server keeps the last one.
 */
export function replaceCertificate(http: HttpServer, options: TlsOptions | undefined, certificate: Certificate): void {
  if (options === undefined || !(http instanceof HttpsServer)) {
    throw new ConfigurationError("Expected a server with TLS, got one without. Start it with the option `tls`.");
  }
  checkOptions("server.setCertificate", certificate, CERTIFICATE_NAMES);
  http.setSecureContext({ ...options, ...certificate });
}
