/** A fetch `Response` on its way to a client. */
import type { ServerResponse } from "node:http";

/**
 * Sends it, and reads its body no faster than the client takes it. When the client leaves, the body is cancelled. When
 * the body fails, or is not as long as its headers say, the answer is cut off, also while the client does not read, and
 * this rejects with the error.
 * @param lines Further headers.
 */
export async function sendResponse(
  response: ServerResponse,
  answer: Response,
  lines: readonly (readonly [name: string, value: string])[] = [],
): Promise<void> {
  if (answer.bodyUsed) throw new TypeError("The body of this response was read before: answer with a clone of it.");
  const { status, statusText, body } = answer;
  const headers = [...headersOf(answer), ...lines];
  if (headers.some(([name]) => name.toLowerCase() === "upgrade")) {
    // It is for this connection alone, which has to be said (RFC 9110 §7.8); what else it is, Node then leaves to us.
    response.appendHeader("Connection", "Upgrade");
    if (!response.shouldKeepAlive) response.appendHeader("Connection", "close");
  }
  // What is too long or too short would be taken for a part of the next answer, or take one for a part of it.
  response.strictContentLength = true;
  response.writeHead(status, statusText, headers.flat());
  if (body !== null && response.req.method !== "HEAD") {
    // Without this, the head would wait for the first bytes of the body.
    setImmediate(() => response.writableEnded || response.flushHeaders());
    await sendBody(response, body);
  }
  response.end();
}

/** A response of `fetch` has a body that was decoded, and headers that say what it was before. */
function headersOf({ headers, url }: Response): Headers {
  if (url === "" || !headers.has("content-encoding")) return headers;
  const decoded = new Headers(headers);
  decoded.delete("content-encoding");
  decoded.delete("content-length");
  return decoded;
}

async function sendBody(response: ServerResponse, body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  let goOn: (() => void) | undefined;
  const leave = (): void => {
    goOn?.();
    reader.cancel().catch(() => undefined);
  };
  if (response.destroyed) leave();
  else response.once("close", leave);
  reader.closed.catch(() => response.destroy());
  for (let piece = await reader.read(); !piece.done && !response.destroyed; piece = await reader.read()) {
    const { promise, resolve } = Promise.withResolvers<void>();
    goOn = resolve;
    // Not before the system has it: what waits in between, nobody would count.
    response.write(piece.value, () => resolve());
    await promise;
  }
}
