import { decodePathSegment } from "@lobby/channels";
import { visitorDenial } from "../visitors/visitor-denial.ts";
import type { VisitorScope } from "../visitors/visitor.ts";

/** Denies a path that is not percent-encoded UTF-8 with 400 and the phrase that pages show. */
export function requireReadablePath({ url, visitor }: VisitorScope & { readonly url: URL }) {
  try {
    decodePathSegment(url.pathname);
    return {};
  } catch (error) {
    return visitorDenial(error, visitor.phrases);
  }
}
