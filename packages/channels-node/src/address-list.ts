import { BlockList, isIPv4 } from "node:net";
import { ConfigurationError, describeValue } from "@lobby/channels/server";
import { parseAddress } from "./addresses.ts";

const UNIX = "unix";

/** The bits in front of an IPv4 address in IPv6 form, `::ffff:0:0/96`. */
const MAPPED_BITS = 96;

/** A list of addresses and ranges, such as the proxies whose forwarded headers a server trusts. */
export class AddressList {
  readonly #list = new BlockList();
  readonly #hasUnix: boolean;

  /**
   * @param entries Addresses, ranges such as `10.0.0.0/8`, or `unix`.
   * @param option The name of the option with the list, for errors.
   * @param entryName A noun phrase for an entry, for errors.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the entries are not a list, or one is malformed.
   */
  constructor(entries: readonly string[], option = "trustProxy", entryName = "a trusted proxy") {
    if (!Array.isArray(entries)) {
      throw new ConfigurationError(
        `Expected \`${option}\` to be a list of addresses and ranges, got ${describeValue(entries)}.`,
      );
    }
    this.#hasUnix = entries.includes(UNIX);
    for (const entry of entries) if (entry !== UNIX) this.#add(entry, entryName);
  }

  /**
   * Returns whether the list has an address.
   * @param address IPv4 or IPv6 text; empty for a unix socket. A zone such as `%eth0` does not count.
   */
  has(address: string): boolean {
    if (address === "") return this.#hasUnix;
    return this.#list.check(address.replace(/%.*$/, ""), isIPv4(address) ? "ipv4" : "ipv6");
  }

  #add(entry: string, entryName: string): void {
    const range = parseRange(entry);
    if (range === undefined) {
      throw new ConfigurationError(
        `Expected ${entryName} such as "127.0.0.1", "10.0.0.0/8" or "unix", got ${describeValue(entry)}.`,
      );
    }
    this.#list.addSubnet(range.address, range.bits, isIPv4(range.address) ? "ipv4" : "ipv6");
  }
}

/** Returns whether `trustProxy` accepts an entry: an address, a range such as `10.0.0.0/8`, or `unix`. */
export function isTrustedProxyEntry(entry: string): boolean {
  return entry === UNIX || parseRange(entry) !== undefined;
}

/** A range of addresses. */
interface AddressRange {
  readonly address: string;
  readonly bits: number;
}

function parseRange(entry: unknown): AddressRange | undefined {
  const [text = "", prefix, ...rest] = typeof entry === "string" ? entry.split("/") : [];
  const address = parseAddress(text);
  if (address === undefined || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return undefined;
  const writtenBits = isIPv4(text) ? 32 : 128;
  const bits = prefix === undefined ? writtenBits : Number(prefix);
  if (bits > writtenBits) return undefined;
  if (isIPv4(address) === isIPv4(text)) return { address, bits };
  // A range of IPv4 addresses in IPv6 form. One with fewer bits has addresses of both families.
  return bits < MAPPED_BITS ? undefined : { address, bits: bits - MAPPED_BITS };
}
