/** The certificate of a server and its other TLS options. */
import type { Server as HttpServer } from "node:http";
import { Server as HttpsServer } from "node:https";
import { createSecureContext, type TlsOptions as NodeTlsOptions } from "node:tls";
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

/** The options with which a server needs no certificate of its own. */
const IDENTITIES: readonly (keyof TlsOptions)[] = ["pfx", "SNICallback", "pskCallback", "privateKeyIdentifier"];

/**
 * Throws unless a server can answer handshakes with the options.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, there is no certificate with its key, or
 * one of them is malformed.
 */
export function checkTls(options: TlsOptions): void {
  checkOptions("`tls`", options, NAMES);
  const hasPair = !isEmpty(options.cert) && !isEmpty(options.key);
  if (!hasPair && IDENTITIES.every((name) => isEmpty(options[name]))) {
    throw new ConfigurationError(
      "Expected `tls` to have a `cert` and its `key`, or a `pfx`, got an empty one or none.",
    );
  }
  try {
    createSecureContext(options);
  } catch (error) {
    throw new ConfigurationError(
      `Expected the certificate and the key in \`tls\` to be PEM text that belongs together (${(error as Error).message}).`,
      { cause: error },
    );
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (value as { readonly length?: number }).length === 0;
}

/**
 * Replaces the certificate of a listening server. Its other TLS options and its open connections stay as they are.
 * @param options The TLS options that the server started with; undefined without TLS.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the server has no TLS, an option is unknown, or the certificate
 * or its key is missing or malformed; the server keeps the last one.
 */
export function replaceCertificate(http: HttpServer, options: TlsOptions | undefined, certificate: Certificate): void {
  if (options === undefined || !(http instanceof HttpsServer)) {
    throw new ConfigurationError("Expected a server with TLS, got one without. Start it with the option `tls`.");
  }
  checkOptions("server.setCertificate", certificate, CERTIFICATE_NAMES);
  const present = Object.fromEntries(Object.entries(certificate).filter(([, value]) => value !== undefined));
  if (Object.keys(present).length === 0) throw new ConfigurationError("Expected a new certificate, got none.");
  const renewed = { ...options, ...present };
  checkTls(renewed);
  http.setSecureContext(renewed);
}
