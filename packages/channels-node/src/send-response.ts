import type { ServerResponse } from "node:http";

/**
 * Sends a fetch `Response`, and reads its body at the speed of the client. Cancels the body when the client leaves. Cuts
 * the answer when the body fails or contradicts its Content-Length, even while the client does not read.
 * @param lines Further header lines. Default: none.
 * @throws The error of the body, or Node's error for a wrong Content-Length.
 * @throws {TypeError} When other code has read the body.
 */
export async function sendResponse(
  response: ServerResponse,
  answer: Response,
  lines: readonly (readonly [name: string, value: string])[] = [],
): Promise<void> {
  if (answer.bodyUsed) {
    throw new TypeError(
      "Expected a response with an unread body, got one with a read body. Return `response.clone()` instead.",
    );
  }
  const { status, statusText, body } = answer;
  const headers = [...headersOf(answer), ...lines];
  if (headers.some(([name]) => name.toLowerCase() === "upgrade")) {
    // Upgrade requires this option (RFC 9110 §7.8). With a Connection header of our own, Node adds no `close`.
    response.appendHeader("Connection", "Upgrade");
    if (!response.shouldKeepAlive) response.appendHeader("Connection", "close");
  }
  // Surplus bytes would become part of the next answer on the connection.
  response.strictContentLength = true;
  response.writeHead(status, statusText, headers.flat());
  if (body !== null && response.req.method !== "HEAD") {
    // Sends the head now instead of with the first bytes of the body.
    setImmediate(() => response.writableEnded || response.flushHeaders());
    await sendBody(response, body);
  }
  response.end();
}

/** Returns the headers of the answer. `fetch` has decoded the body of its responses, so two headers no longer apply. */
function headersOf({ headers, url }: Response): Headers {
  if (url === "" || !headers.has("content-encoding")) return headers;
  const decoded = new Headers(headers);
  decoded.delete("content-encoding");
  decoded.delete("content-length");
  return decoded;
}

async function sendBody(response: ServerResponse, body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  let finishWrite: (() => void) | undefined;
  const cancel = (): void => {
    finishWrite?.();
    reader.cancel().catch(() => undefined);
  };
  if (response.destroyed) cancel();
  else response.once("close", cancel);
  reader.closed.catch(() => response.destroy());
  for (let chunk = await reader.read(); !chunk.done && !response.destroyed; chunk = await reader.read()) {
    const { promise, resolve } = Promise.withResolvers<void>();
    finishWrite = resolve;
    // Each chunk waits until the system has the last one: Node's own buffer would hide a slow client.
    response.write(chunk.value, () => resolve());
    await promise;
  }
}
