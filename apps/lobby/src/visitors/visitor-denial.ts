import { Denial, MalformedPathError } from "@lobby/channels";
import { Refusal } from "../shared/refusal.ts";
import type { Visitor } from "./visitor.ts";

/**
 * Returns the denial of a request that the visitor can correct, with a sentence in the visitor's language.
 * @throws {unknown} Every other error, again.
 */
export function visitorDenial(error: unknown, { phrases }: Visitor): Denial {
  if (error instanceof Refusal) return new Denial(400, phrases.refusals[error.code]);
  if (error instanceof MalformedPathError) return new Denial(400, phrases.errors.badAddress);
  throw error;
}
