import { Denial, type Middleware } from "@lobby/channels";
import type { VisitorScope } from "./visitor.ts";

/** Returns a middleware that denies a connection to a host other than the public one with 421. */
export function requireHost(publicUrl: URL | undefined): Middleware<VisitorScope & { readonly url: URL }, object> {
  return ({ url, visitor }) => {
    // Some proxies drop the port, so the check ignores it.
    if (publicUrl === undefined || url.hostname === publicUrl.hostname) return {};
    return new Denial(421, visitor.phrases.errors.misdirected(publicUrl.href));
  };
}
