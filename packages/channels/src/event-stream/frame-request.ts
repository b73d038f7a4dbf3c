/** The frame that a POST carries. */
import { Denial } from "../application.ts";
import type { FrameData } from "../events.ts";
import { join } from "./frames.ts";

const TEXT_TYPES: ReadonlySet<string> = new Set(["text/plain", "application/json"]);
const BINARY_TYPE = "application/octet-stream";

/** The body as text or bytes, as its type says; a denial when it is too large, or neither. */
export async function readFrame(request: Request, maxPayloadBytes: number): Promise<FrameData | Denial> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== BINARY_TYPE && !TEXT_TYPES.has(type)) {
    return new Denial(415, `Send a frame as text/plain, application/json or ${BINARY_TYPE}.`);
  }
  const bytes = await readBody(request, maxPayloadBytes);
  if (bytes === undefined) return new Denial(413, `A frame has at most ${maxPayloadBytes} bytes.`);
  if (type === BINARY_TYPE) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new Denial(400, "Text is sent as UTF-8.");
  }
}

/** Undefined when there is more than the limit, which is not read to its end. */
async function readBody({ headers, body }: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(headers.get("content-length")) > maxBytes) return undefined;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxBytes) return undefined;
  }
  return join(pieces);
}
