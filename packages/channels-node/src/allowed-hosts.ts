/**
 * The hosts that a server answers for. An attacker can point a domain at any address (DNS rebinding). The page's address,
 * its origin and the Host header then all name that domain, so only a list of hosts detects the attack.
 * @see Django, `ALLOWED_HOSTS`. Differs: without a list, a server answers for every host; `*.example.com` takes the
 * place of `.example.com` and does not include the domain itself.
 */
import { ConfigurationError } from "@lobby/channels/server";
import { describeValue } from "@lobby/channels/server";
import type { RequestFacts } from "./request-facts.ts";

/**
 * `"any"`, or a list of hosts such as `chat.example.com`, `127.0.0.1` or `[::1]`, without a port.
 * `*.example.com` stands for every domain below it, at any depth, and excludes the domain itself.
 */
export type AllowedHosts = "any" | readonly string[];

/** Returns whether the server answers for the host of a request. Ports do not count. */
export type HostCheck = (facts: RequestFacts) => boolean;

/**
 * Compiles the rule.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the rule is neither `"any"` nor a list, or an entry of the
 * list is not a host.
 */
export function hostCheck(allowed: AllowedHosts): HostCheck {
  if (allowed === "any") return () => true;
  if (!Array.isArray(allowed)) {
    throw new ConfigurationError(
      `Expected \`allowedHosts\` to be "any" or a list of hosts, got ${describeValue(allowed)}.`,
    );
  }
  const entries = (allowed as readonly string[]).map((entry) => {
    const name = hostname(entry);
    return entry.startsWith("*.") ? (host: string) => host.endsWith(`.${name}`) : (host: string) => host === name;
  });
  return ({ host, url }) => host !== null && entries.some((matches) => matches(withoutDot(url.hostname)));
}

/** Returns the host of an entry in the form that URLs use. */
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
function withoutDot(name: string): string {
  return name.replace(/\.$/, "");
}
