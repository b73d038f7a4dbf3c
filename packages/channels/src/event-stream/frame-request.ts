/** Reads the frame of a POST. */
import { Denial } from "../application/denial.ts";
import { mediaTypeOf, readBody } from "./body.ts";
import type { FrameData } from "../fanout/codec.ts";

const TEXT_TYPES: ReadonlySet<string> = new Set(["text/plain", "application/json"]);
const BINARY_TYPE = "application/octet-stream";

/** Reads the body as text or bytes, by its media type. Returns a denial when the body is too large or no valid frame. */
export async function readFrame(request: Request, maxPayloadBytes: number): Promise<FrameData | Denial> {
  const type = mediaTypeOf(request);
  if (type !== BINARY_TYPE && !TEXT_TYPES.has(type)) {
    return new Denial(415, `Send a frame as text/plain, application/json or ${BINARY_TYPE}.`);
  }
  const bytes = await readBody(request, maxPayloadBytes);
  if (bytes instanceof Denial || type === BINARY_TYPE) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new Denial(400, "Send text as UTF-8.");
  }
}
