/** The body of a request, read whole and within a limit. */
import { Denial } from "../application/denial.ts";
import { join } from "../internal/bytes.ts";
import { bodyDenial } from "../application/failure.ts";
import { BodyTooLargeError } from "../errors.ts";

/** The type of a body without its parameters, in lower case; empty when none is named. */
export function mediaTypeOf({ headers }: Request | Response): string {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
}

/** A denial when there is more than the limit, or than the server takes: it is not read to its end. */
export async function readBody(
  { headers, body }: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | Denial> {
  if (Number(headers.get("content-length")) > maxBytes) return bodyDenial(maxBytes);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of body ?? []) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > maxBytes) return bodyDenial(maxBytes);
    }
  } catch (error) {
    if (error instanceof BodyTooLargeError) return bodyDenial(error.limitBytes);
    throw error;
  }
  return join(pieces);
}
