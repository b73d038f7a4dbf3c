/**
 * Which hosts a server answers for. Anybody can point a name of their own at any address (DNS rebinding): then their
 * page, the host of its requests and its origin are all of that name, and only a list tells that it is not this server's.
 * @see Django, `ALLOWED_HOSTS`. Differs: every host counts unless some are named.
 */
import { ConfigurationError, Denial } from "@lobby/channels";
import type { RequestFacts } from "./request.ts";

/**
 * `"any"`, or a list of hosts such as `chat.example.com`, `127.0.0.1` or `[::1]`, without a port;
 * `*.example.com` stands for every domain below it, of any depth, and not for itself.
 */
export type AllowedHosts = "any" | readonly string[];

/** Whether a request is for a host that the server answers for. Ports do not count. */
export type HostCheck = (facts: RequestFacts) => boolean;

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an entry of the list is no host. */
export function hostCheck(allowed: AllowedHosts): HostCheck {
  if (allowed === "any") return () => true;
  const entries = allowed.map((entry) => {
    const name = hostname(entry.replace(/^\*\./, ""), entry);
    return entry.startsWith("*.") ? (host: string) => host.endsWith(`.${name}`) : (host: string) => host === name;
  });
  return ({ host, url }) => host !== null && entries.some((matches) => matches(url.hostname));
}

/** The answer to a request for a host of somebody else. */
export function hostDenial(): Denial {
  return new Denial(421, "This server does not answer for this host.");
}

/** A host as URLs have it. */
function hostname(host: string, entry: string): string {
  const url = /[*/?#@]/.test(host) ? null : URL.parse(`http://${host}`);
  if (url !== null && url.port === "") return url.hostname;
  throw new ConfigurationError(
    `Expected a host such as "chat.example.com", "*.example.com" or "[::1]", without a port, got ${JSON.stringify(entry)}.`,
  );
}
