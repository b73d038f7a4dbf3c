/** JSON in the body of a request. */
import { Denial } from "./application/denial.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { readTypedBody, type BodyFormat, type ReadBodyOptions } from "./typed-body.ts";

const JSON_FORMAT: BodyFormat = {
  reader: "readJson",
  // Such as `application/json` and `application/merge-patch+json`.
  types: /^application\/(?:[\w.-]+\+)?json$/,
  wanted: "Send JSON, as application/json.",
  decode(bytes) {
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      return new Denial(400, "Send valid JSON, in UTF-8.");
    }
  },
};

/**
 * Reads the body of a request as JSON.
 *
 * @example
 * const poll = await readJson(request, pollSchema);
 * if (poll instanceof Denial) return poll;
 *
 * @param schema Of zod, valibot, arktype or your own; it may answer later.
 * @returns What the schema gives; or the denial to answer with: 415 when the body is of another type, 413 when it is
 * too large, 400 when it is no JSON in UTF-8, and 422 with what the schema found.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
 * @throws {Error} An `AbortError` when the client leaves before it has sent everything; let it through.
 */
export function readJson<Output>(
  request: Request,
  schema: StandardSchema<unknown, Output>,
  options: ReadBodyOptions = {},
): Promise<Output | Denial> {
  return readTypedBody(JSON_FORMAT, request, schema, options);
}
