/** The denials of requests that Node's parser or TLS refuses. No request of the application exists for them. */
import { Denial } from "@lobby/channels";

const NO_TLS = new Denial(400, "This port speaks HTTPS. Use an address that begins with https:// or wss://.");
const DENIALS: ReadonlyMap<string, Denial> = new Map([
  ["HPE_HEADER_OVERFLOW", new Denial(431, "The head of this request is too large.")],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", new Denial(413, "The chunk extensions of this request are too large.")],
  ["ERR_HTTP_REQUEST_TIMEOUT", new Denial(408, "This request arrived too slowly.")],
  ["HPE_INVALID_VERSION", new Denial(505, "This server speaks HTTP/1.1.")],
  ["HPE_PAUSED_H2_UPGRADE", new Denial(505, "This server speaks HTTP/1.1.")],
  ["ERR_SSL_HTTP_REQUEST", NO_TLS],
  ["ERR_SSL_HTTPS_PROXY_REQUEST", NO_TLS],
  // OpenSSL knows the most common methods only.
  ["ERR_SSL_WRONG_VERSION_NUMBER", NO_TLS],
]);
const MALFORMED = new Denial(400, "This request is not valid HTTP.");

/** Returns the denial for an error of a connection. Undefined for a connection that broke, which gets no answer. */
export function parserDenial({ code = "" }: NodeJS.ErrnoException): Denial | undefined {
  return DENIALS.get(code) ?? (code.startsWith("HPE_") ? MALFORMED : undefined);
}
