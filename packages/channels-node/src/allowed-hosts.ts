/**
 * Checks the host of requests. An attacker can point a domain at any address (DNS rebinding). The page's address, its
 * origin and the Host header then all name that domain, so only a list of hosts detects the attack.
 * @see Django, `ALLOWED_HOSTS`. Differs: without a list, a server answers for every host; `*.example.com` takes the
 * place of `.example.com` and does not include the domain itself.
 */
import { ConfigurationError, describeValue } from "@lobby/channels/server";

/**
 * The hosts that a server answers for: `"any"`, or a list of hosts without ports, such as `chat.example.com`, `127.0.0.1`
 * or `[::1]`. In a list, `*.example.com` stands for every subdomain of `example.com`, at any depth, and excludes
 * `example.com`.
 */
export type AllowedHosts = "any" | readonly string[];

/**
 * A function that returns whether a list has a host.
 * @param hostname The `hostname` of a URL: without a port, and with brackets around IPv6.
 */
export type HostCheck = (hostname: string) => boolean;

/**
 * Returns a check for a list; undefined for `"any"`.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the rule is neither `"any"` nor a list, or an entry of the
 * list is not a host.
 */
export function hostCheck(allowed: AllowedHosts): HostCheck | undefined {
  if (allowed === "any") return undefined;
  if (!Array.isArray(allowed)) {
    throw new ConfigurationError(
      `Expected \`allowedHosts\` to be "any" or a list of hosts, got ${describeValue(allowed)}.`,
    );
  }
  const entries = (allowed as readonly string[]).map((entry) => {
    const name = hostname(entry);
    return entry.startsWith("*.") ? (host: string) => host.endsWith(`.${name}`) : (host: string) => host === name;
  });
  return (name) => entries.some((matches) => matches(withoutDot(name)));
}

/** Returns the host of an entry in the normal form of URLs. */
function hostname(entry: unknown): string {
  const host = typeof entry === "string" ? entry.replace(/^\*\./, "") : "";
  // URLs drop the default port of their scheme. Apart from ports, only addresses in brackets have colons.
  const url = /^\.|[*/\\?#@]|:\d*$/.test(host) ? null : URL.parse(`http://${host}`);
  if (url !== null) return withoutDot(url.hostname);
  throw new ConfigurationError(
    `Expected a host such as "chat.example.com", "*.example.com" or "[::1]", without a port, got ${describeValue(entry)}.`,
  );
}

/** Returns the name without the dot of the DNS root, which names the same host. */
export function withoutDot(name: string): string {
  return name.replace(/\.$/, "");
}
