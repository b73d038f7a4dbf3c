/** A fetch `Response` on its way to a client. */
import type { ServerResponse } from "node:http";

/**
 * Sends it, and reads its body no faster than the client takes it. When the client leaves, the body is cancelled. When
 * the body fails, the answer is cut off, also while the client does not read, and this rejects with the body's error.
 */
export async function sendResponse(response: ServerResponse, answer: Response): Promise<void> {
  const { status, statusText, headers, body } = answer;
  response.writeHead(status, statusText, [...headers].flat());
  if (body !== null && response.req.method !== "HEAD") {
    // Without this, the head would wait for the first bytes of the body.
    setImmediate(() => response.writableEnded || response.flushHeaders());
    await sendBody(response, body);
  }
  response.end();
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
