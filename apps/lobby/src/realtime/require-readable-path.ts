import { decodePathSegment, Denial, MalformedPathError, type Middleware } from "@lobby/channels";
import type { VisitorScope } from "../visitors/visitor.ts";

/** Denies a path that is not percent-encoded UTF-8 with 400 and the phrase that pages show. */
export const requireReadablePath: Middleware<VisitorScope & { readonly url: URL }, object> = ({ url, visitor }) => {
  try {
    for (const segment of url.pathname.split("/")) decodePathSegment(segment);
    return {};
  } catch (error) {
    if (error instanceof MalformedPathError) return new Denial(400, visitor.phrases.errors.badAddress);
    throw error;
  }
};
