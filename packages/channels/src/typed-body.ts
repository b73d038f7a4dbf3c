/** The body of a request as what a schema makes of it, whatever it was written in. */
import { Denial } from "./application/denial.ts";
import { mediaTypeOf, readBody } from "./event-stream/body.ts";
import { checkLimits } from "./internal/check-limits.ts";
import { checkOptions } from "./internal/check-options.ts";
import { sentenceOf, type StandardSchema } from "./standard-schema.ts";

/** What `readJson` and `readForm` can be told. */
export interface ReadBodyOptions {
  /** How large the body may be, when that is less than the server takes. */
  readonly maxBodyBytes?: number;
}

/** How bodies are written. */
export interface BodyFormat {
  /** The function that reads it. */
  readonly reader: string;
  readonly types: RegExp;
  /** For whoever sends another type. */
  readonly wanted: string;
  /** What the body says, for the schema; or why it says nothing. */
  readonly decode: (bytes: Uint8Array<ArrayBuffer>, request: Request) => unknown;
}

/** See `readJson`. */
export async function readTypedBody<Output>(
  format: BodyFormat,
  request: Request,
  schema: StandardSchema<unknown, Output>,
  options: ReadBodyOptions,
): Promise<Output | Denial> {
  checkOptions(format.reader, options, ["maxBodyBytes"]);
  const { maxBodyBytes } = options;
  if (maxBodyBytes !== undefined) checkLimits({ maxBodyBytes });
  if (!format.types.test(mediaTypeOf(request))) return new Denial(415, format.wanted);
  const bytes = await readBody(request, maxBodyBytes ?? Infinity);
  if (bytes instanceof Denial) return bytes;
  const content = await format.decode(bytes, request);
  if (content instanceof Denial) return content;
  const result = await schema["~standard"].validate(content);
  return result.issues === undefined ? result.value : new Denial(422, sentenceOf(result.issues));
}
