/** Reads addresses in the forms in which sockets and proxies write them, and returns one form. */
import { isIP, SocketAddress } from "node:net";

/** A port, or a word that hides one (RFC 7239 §6.2). */
const PORT = String.raw`(?::(?:\d{1,5}|_[\w.-]+))?`;
const WITH_BRACKETS = new RegExp(String.raw`^\[([^\]]*)\]${PORT}$`);
const IPV4_WITH_PORT = new RegExp(String.raw`^([\d.]+)${PORT}$`);

/**
 * Returns an address in the only form that the server uses: IPv6 is short and in lower case, without the zone of a
 * link-local address. An IPv4 address in IPv6 form, as sockets for both families report it, becomes IPv4.
 * @returns undefined for any other text.
 */
export function parseAddress(text: string): string | undefined {
  const version = isIP(text);
  if (version !== 6) return version === 4 ? text : undefined;
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}

/**
 * Returns the address of a node in X-Forwarded-For or `Forwarded` (RFC 7239 §6): an address with or without a port, and
 * with or without brackets.
 * @returns undefined for a hidden or unknown node, and for any other text.
 */
export function parseNode(text: string): string | undefined {
  const [, address = text] = WITH_BRACKETS.exec(text) ?? IPV4_WITH_PORT.exec(text) ?? [];
  return parseAddress(address);
}
