/** Recognises addresses that no stranger on the internet has. */
import { BlockList, isIPv6 } from "node:net";

const networks = new BlockList();
for (const [network, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  // Link-local.
  ["169.254.0.0", 16],
  // RFC 6598. Load balancers of some clouds and overlay networks use it.
  ["100.64.0.0", 10],
] as const) {
  networks.addSubnet(network, bits, "ipv4");
}
networks.addAddress("::1", "ipv6");
networks.addSubnet("fc00::", 7, "ipv6");
networks.addSubnet("fe80::", 10, "ipv6");

/**
 * Returns whether an address is a loopback, private, shared (RFC 6598) or link-local one.
 * @param address IPv4 or IPv6 text; empty for a unix socket, which only programs of this machine can reach.
 */
export function isPrivateNetwork(address: string): boolean {
  return address === "" || networks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
