/** Finds the network of a client, so that limits count an owner of many addresses once. */

const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

/** The first six groups of an IPv4 address in IPv6 form. */
const MAPPED = "0:0:0:0:0:ffff";

/**
 * Returns the network of an address, as a key for limits. An IPv4 address is its own network. For IPv6 it is the /64, such
 * as `2001:db8:0:1::/64`, because one subscriber has at least 2⁶⁴ addresses. An IPv4 address in IPv6 form counts as IPv4,
 * and a zone such as `%eth0` does not count. Returns any other text unchanged, such as the empty address of a unix socket.
 * @param address The address of a client, such as `scope.client.address`.
 * @see RFC 4291 §2.2 and RFC 6177.
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const groups = groupsOf(address.replace(/%.*$/, ""));
  if (groups === undefined) return address;
  const text = groups.map((group) => group.toString(16));
  if (text.slice(0, 6).join(":") === MAPPED) return groups.slice(6).flatMap(bytesOf).join(".");
  return `${text.slice(0, GROUPS_OF_NETWORK).join(":")}::/64`;
}

/** Returns the eight groups of an IPv6 address; undefined when the text is not one. */
function groupsOf(address: string): readonly number[] | undefined {
  const [head, tail, ...rest] = withHexadecimalEnd(address).split("::");
  const first = parseGroups(head ?? "");
  const last = parseGroups(tail ?? "");
  const missing = GROUPS - first.length - last.length;
  const isComplete = tail === undefined ? missing === 0 : missing > 0;
  const groups = [...first, ...Array<number>(Math.max(missing, 0)).fill(0), ...last];
  return isComplete && rest.length === 0 && groups.every((group) => group <= 0xff_ff) ? groups : undefined;
}

/** Replaces an IPv4 address at the end of an IPv6 address by two groups. */
function withHexadecimalEnd(address: string): string {
  return address.replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (_, ...bytes: readonly string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

function parseGroups(text: string): readonly number[] {
  if (text === "") return [];
  return text.split(":").map((group) => (/^[\da-f]{1,4}$/i.test(group) ? Number.parseInt(group, 16) : Infinity));
}

function bytesOf(group: number): readonly number[] {
  return [group >> 8, group & 255];
}
