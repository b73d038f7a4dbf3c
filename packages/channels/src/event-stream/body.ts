/** Reads request bodies. */
import type { Denial } from "../application/denial.ts";
import { join } from "../internal/bytes.ts";
import { bodyDenial, failedBodyDenial } from "../application/failure.ts";

/** Returns the media type of a body in lower case, without its parameters; "" without a Content-Type. */
export function mediaTypeOf({ headers }: Request | Response): string {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
}

/** Reads the whole body. Returns a denial when the body exceeds `maxBytes` or the limit of the server, or breaks off. */
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
    const denial = failedBodyDenial(error);
    if (denial === undefined) throw error;
    return denial;
  }
  return join(pieces);
}
