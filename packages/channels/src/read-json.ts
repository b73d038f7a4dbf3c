/** The body of a request as what a schema makes of it. */
import { Denial } from "./application.ts";
import { mediaTypeOf, readBody } from "./body.ts";
import { checkLimits } from "./limits.ts";
import { checkOptions } from "./options.ts";
import { sentenceOf, type StandardSchema } from "./standard-schema.ts";

/** Such as `application/json` and `application/merge-patch+json`. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/** What `readJson` can be told. */
export interface ReadJsonOptions {
  /** How large the body may be, when that is less than the server takes. */
  readonly maxBodyBytes?: number;
}

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
export async function readJson<Output>(
  request: Request,
  schema: StandardSchema<unknown, Output>,
  options: ReadJsonOptions = {},
): Promise<Output | Denial> {
  checkOptions("readJson", options, ["maxBodyBytes"]);
  const { maxBodyBytes } = options;
  if (maxBodyBytes !== undefined) checkLimits({ maxBodyBytes });
  if (!JSON_TYPE.test(mediaTypeOf(request))) return new Denial(415, "Send JSON, as application/json.");
  const bytes = await readBody(request, maxBodyBytes ?? Infinity);
  if (bytes instanceof Denial) return bytes;
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return new Denial(400, "Send valid JSON, in UTF-8.");
  }
  const result = await schema["~standard"].validate(content);
  return result.issues === undefined ? result.value : new Denial(422, sentenceOf(result.issues));
}
