/** A form in the body of a request. */
import { Denial } from "./application/denial.ts";
import { mediaTypeOf } from "./event-stream/body.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { readTypedBody, type BodyFormat, type ReadBodyOptions } from "./typed-body.ts";

/** No form that people fill in has as many. */
const MAX_FIELDS = 1000;

const FORM_FORMAT: BodyFormat = {
  reader: "readForm",
  types: /^(?:application\/x-www-form-urlencoded|multipart\/form-data)$/,
  wanted: "Send a form, as application/x-www-form-urlencoded or multipart/form-data.",
  async decode(bytes, request) {
    const isMultipart = mediaTypeOf(request) === "multipart/form-data";
    const fields = isMultipart ? await partsOf(bytes, request) : pairsOf(new TextDecoder().decode(bytes));
    return fields instanceof Denial ? fields : objectOf(fields);
  },
};

/**
 * Reads the body of a request as the form that a page or a script has sent.
 *
 * @example
 * const credentials = await readForm(request, z.object({ name: z.string(), password: z.string() }));
 * if (credentials instanceof Denial) return credentials;
 *
 * @param schema Of zod, valibot, arktype or your own; it may answer later. It is given an object of the fields by name:
 * text, or a `File`; several of one name are a list, and a file that nobody chose is left out.
 * @returns What the schema gives; or the denial to answer with: 415 when the body is of another type, 413 when it is
 * too large or has more than 1,000 fields, 400 when it is malformed, and 422 with what the schema found.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
 * @throws {Error} An `AbortError` when the client leaves before it has sent everything; let it through.
 */
export function readForm<Output>(
  request: Request,
  schema: StandardSchema<unknown, Output>,
  options: ReadBodyOptions = {},
): Promise<Output | Denial> {
  return readTypedBody(FORM_FORMAT, request, schema, options);
}

type Field = readonly [name: string, value: string | File];

/** Counted before they are read: the time that `URLSearchParams` takes grows with the square of their number. */
function pairsOf(text: string): readonly Field[] | Denial {
  return text.split("&", MAX_FIELDS + 1).length > MAX_FIELDS ? tooManyFields() : [...new URLSearchParams(text)];
}

async function partsOf(bytes: Uint8Array<ArrayBuffer>, { headers }: Request): Promise<readonly Field[] | Denial> {
  try {
    const form = await new Response(bytes, {
      headers: { "Content-Type": headers.get("content-type") ?? "" },
    }).formData();
    const fields = [...form];
    return fields.length > MAX_FIELDS ? tooManyFields() : fields.filter(([, value]) => !isUnchosen(value));
  } catch {
    return new Denial(400, "Send a valid form, as multipart/form-data with its boundary.");
  }
}

/** What a browser sends of a file that nobody chose. */
function isUnchosen(value: string | File): boolean {
  return typeof value === "object" && value.name === "" && value.size === 0;
}

function tooManyFields(): Denial {
  return new Denial(413, `A form has at most ${MAX_FIELDS} fields here.`);
}

function objectOf(fields: readonly Field[]): Readonly<Record<string, Field[1] | readonly Field[1][]>> {
  const byName = Map.groupBy(fields, ([name]) => name);
  return Object.fromEntries(
    Array.from(byName, ([name, same]) => {
      const values = same.map(([, value]) => value);
      const [only] = values;
      return [name, only !== undefined && values.length === 1 ? only : values];
    }),
  );
}
