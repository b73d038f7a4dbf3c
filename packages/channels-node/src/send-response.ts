import type { ServerResponse } from "node:http";
import { setImmediate as nextIteration } from "node:timers/promises";
import { linger } from "./linger.ts";
import { offersUpgrade } from "./reply-headers.ts";
import { isBodyArriving } from "./request-body.ts";

/**
 * Sends a fetch `Response`, and reads its body at the speed of the client. Cancels the body when the client leaves. Cuts
 * the answer when the body fails or contradicts its Content-Length, even while the client does not read. An answer that
 * begins before the whole request has arrived is the last one of its connection.
 * @param timeoutMs The time after which the server emits `timeout` for a client that reads nothing.
 * @param lines Further header lines. Default: none.
 * @throws The error of the body, or Node's error for a wrong Content-Length.
 * @throws {TypeError} When other code has read the body.
 */
export async function sendResponse(
  response: ServerResponse,
  answer: Response,
  timeoutMs: number,
  lines: readonly (readonly [name: string, value: string])[] = [],
): Promise<void> {
  if (answer.bodyUsed) {
    throw new TypeError(
      "Expected a response with an unread body, got one with a read body. Return `response.clone()` instead.",
    );
  }
  const { status, statusText, body } = answer;
  // A small body arrives together with its head, and Node parses it after this code.
  if (isBodyArriving(response.req)) await nextIteration();
  if (isBodyArriving(response.req)) makeLast(response);
  const headers = [...headersOf(answer), ...lines];
  // With a Connection header of our own, Node adds no `close`.
  if (offersUpgrade(headers)) response.setHeader("Connection", response.shouldKeepAlive ? "Upgrade" : "Upgrade, close");
  // Surplus bytes would become part of the next answer on the connection.
  response.strictContentLength = true;
  response.writeHead(status, statusText, headers.flat());
  setImmediate(() => {
    if (response.writableFinished) return;
    // Sends the head now instead of with the first bytes of the body.
    if (!response.writableEnded) response.flushHeaders();
    // Most answers are on their way by now, so they need no timer. A client that has ended its half has a shorter one.
    if (response.socket?.readableEnded !== true) response.setTimeout(timeoutMs);
  });
  if (body !== null && response.req.method !== "HEAD") await sendBody(response, body);
  // A client that has left is no reason for Node's error of a body that is too short.
  if (!response.destroyed) response.end();
}

/** Ends the connection after the answer, so that the rest of the request cannot keep it. */
function makeLast(response: ServerResponse): void {
  const { socket } = response;
  response.shouldKeepAlive = false;
  // Node calls this method after a last answer. Its own version cuts the connection, and the client could lose the answer.
  if (socket !== null) socket.destroySoon = () => linger(socket);
}

/**
 * Returns the headers of the answer, with names in lower case. The server frames the body and keeps the connection, so the
 * headers of a relayed answer for that do not apply; an application may only end the connection (RFC 9110 §7.6.1).
 * `fetch` has decoded the body of its responses, so two more headers do not apply.
 */
function headersOf({ headers, url }: Response): [name: string, value: string][] {
  const isDecoded = url !== "" && headers.has("content-encoding");
  return [...headers].filter(([name, value]) => {
    switch (name) {
      case "connection":
        return /\bclose\b/i.test(value);
      case "keep-alive":
      case "transfer-encoding":
        return false;
      case "content-encoding":
      case "content-length":
        return !isDecoded;
      default:
        return true;
    }
  });
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
