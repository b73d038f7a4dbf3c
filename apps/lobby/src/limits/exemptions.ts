import { BlockList, isIPv6 } from "node:net";

/** The addresses to which only the limits per person apply. */
export class Exemptions {
  readonly #list: BlockList | undefined;

  /** @param ranges Valid addresses, or ranges such as `10.0.0.0/8`. */
  constructor(ranges: readonly string[]) {
    if (ranges.length === 0) return;
    this.#list = new BlockList();
    for (const range of ranges) {
      const [address = "", bits] = range.split("/");
      const family = familyOf(address);
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  has(address: string): boolean {
    if (this.#list === undefined || address === "") return false;
    // A list knows no zones, such as that of fe80::1%eth0.
    return this.#list.check(address.replace(/%.*$/, ""), familyOf(address));
  }
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
