import { BlockList, isIP } from "node:net";
import { ConfigurationError, describeValue } from "@lobby/channels/server";

const UNIX = "unix";

/** The proxies whose forwarded headers a server trusts. */
export class TrustedProxies {
  readonly #list = new BlockList();
  readonly #trustsUnix: boolean;

  /**
   * @param entries Addresses, ranges such as `10.0.0.0/8`, or `unix`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the entries are not a list, or one is malformed.
   */
  constructor(entries: readonly string[]) {
    if (!Array.isArray(entries)) {
      throw new ConfigurationError(
        `Expected \`trustProxy\` to be a list of addresses and ranges, got ${describeValue(entries)}.`,
      );
    }
    this.#trustsUnix = entries.includes(UNIX);
    for (const entry of entries) if (entry !== UNIX) this.#add(entry);
  }

  /**
   * Returns whether an address belongs to a trusted proxy.
   * @param address IPv4 or IPv6 text; empty for a unix socket.
   */
  has(address: string): boolean {
    if (address === "") return this.#trustsUnix;
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 4 ? "ipv4" : "ipv6");
  }

  /**
   * Returns the client's address: the last address in X-Forwarded-For that is not a trusted proxy. The client can forge
   * all addresses before it.
   * @param sender The address at the other end of the connection.
   * @param forwardedFor The X-Forwarded-For header. Undefined: the result is `sender`.
   */
  clientAddress(sender: string, forwardedFor: string | undefined): string {
    let client = sender;
    const hops = (forwardedFor ?? "").split(",").map((hop) => hop.trim());
    for (let hop = hops.pop(); hop !== undefined && this.has(client); hop = hops.pop()) {
      const address = plainAddress(hop);
      if (isIP(address) === 0) break;
      client = address;
    }
    return client;
  }

  #add(entry: string): void {
    const range = parseRange(entry);
    if (range === undefined) {
      throw new ConfigurationError(
        `Expected a trusted proxy such as "127.0.0.1", "10.0.0.0/8" or "unix", got ${describeValue(entry)}.`,
      );
    }
    const { address, bits, family } = range;
    if (bits === undefined) this.#list.addAddress(address, family);
    else this.#list.addSubnet(address, bits, family);
  }
}

/** Returns whether `trustProxy` accepts an entry: an address, a range such as `10.0.0.0/8`, or `unix`. */
export function isTrustedProxyEntry(entry: string): boolean {
  return entry === UNIX || parseRange(entry) !== undefined;
}

/** A range of addresses; a single address without `bits`. */
interface AddressRange {
  readonly address: string;
  readonly bits: number | undefined;
  readonly family: "ipv4" | "ipv6";
}

function parseRange(entry: unknown): AddressRange | undefined {
  if (typeof entry !== "string") return undefined;
  const [address = "", prefix, ...rest] = entry.split("/");
  const version = isIP(address);
  const isRange = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
  if (version === 0 || rest.length > 0 || !isRange) return undefined;
  return { address, bits: prefix === undefined ? undefined : Number(prefix), family: version === 4 ? "ipv4" : "ipv6" };
}

/** Returns an address without brackets. Converts an IPv4 address in IPv6 form, as dual-stack sockets report it, to IPv4. */
export function plainAddress(address: string): string {
  const bare = address.startsWith("[") ? address.slice(1, address.indexOf("]")) : address;
  return bare.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
