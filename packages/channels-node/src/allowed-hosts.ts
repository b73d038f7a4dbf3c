/**
 * Which hosts a server answers for. Anybody can point a name of their own at any address (DNS rebinding): then their
 * page, the host of its requests and its origin are all of that name, and only a list tells that it is not this server's.
 * @see Django, `ALLOWED_HOSTS`. Differs: every host counts unless some are named, and `.example.com` is refused:
 * `*.example.com` stands for what is below it, and the domain itself is named beside it.
 */
import { ConfigurationError, Denial } from "@lobby/channels";
import { describeValue } from "@lobby/channels/server";
import type { RequestFacts } from "./request.ts";

/**
 * `"any"`, or a list of hosts such as `chat.example.com`, `127.0.0.1` or `[::1]`, without a port;
 * `*.example.com` stands for every domain below it, of any depth, and not for itself.
 */
export type AllowedHosts = "any" | readonly string[];

/** Whether a request is for a host that the server answers for. Ports do not count. */
export type HostCheck = (facts: RequestFacts) => boolean;

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when it is neither, or an entry of the list is no host. */
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

/** The answer to a request for a host of somebody else. */
export function hostDenial(): Denial {
  return new Denial(421, "This server does not answer for this host.");
}

/** The host of an entry as URLs have it. */
function hostname(entry: unknown): string {
  const host = typeof entry === "string" ? entry.replace(/^\*\./, "") : "";
  // URLs forget the port of their scheme, and nothing but an address in brackets has a colon otherwise.
  const url = /^\.|[*/\\?#@]|:\d*$/.test(host) ? null : URL.parse(`http://${host}`);
  if (url !== null) return withoutDot(url.hostname);
  throw new ConfigurationError(
    `Expected a host such as "chat.example.com", "*.example.com" or "[::1]", without a port, got ${describeValue(entry)}.`,
  );
}

/** A name may be written with the dot of the root at its end; it is the same host. */
function withoutDot(hostname: string): string {
  return hostname.replace(/\.$/, "");
}
