/** Addresses that are no text are refused before any route, in the sentence that pages show for them. */
import { decodePathSegment, Denial, MalformedPathError, type Middleware } from "@lobby/channels";
import type { VisitorScope } from "../identity/visitor.ts";

/** Denies with 400 an address that is not percent-encoded UTF-8. */
export const readableAddress: Middleware<VisitorScope & { readonly url: URL }, object> = ({ url, visitor }) => {
  try {
    for (const segment of url.pathname.split("/")) decodePathSegment(segment);
    return {};
  } catch (error) {
    if (error instanceof MalformedPathError) return new Denial(400, visitor.messages.errors.badAddress);
    throw error;
  }
};
