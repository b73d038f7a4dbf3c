/** HTTP through a fetch handler. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequest, sendResponse } from "@remix-run/node-fetch-server";
import { Denial, type ProtocolRouter } from "@lobby/channels";
import type { ResolvedOptions } from "./options.ts";
import type { TrustedProxies } from "./proxies.ts";
import { readRequest, ReplyHeaderLines, type RequestFacts } from "./request.ts";

/** Answers one request. Never throws and never rejects. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Makes the listener for `request` events. */
export function httpHandler(
  application: ProtocolRouter,
  options: ResolvedOptions,
  proxies: TrustedProxies,
): HttpHandler {
  const answer = async (request: IncomingMessage, response: ServerResponse, facts: RequestFacts): Promise<Response> => {
    const { url, headers, client } = facts;
    const reply = new ReplyHeaderLines();
    request.url = `${url.pathname}${url.search}`;
    const incoming = createRequest(request, response, { host: url.host, protocol: url.protocol });
    const scope = { type: "http", url, headers, client, params: {}, reply, layer: application.layer } as const;
    const result = await application.http(incoming, scope);
    const lines = reply.take();
    const answered = result instanceof Denial ? plainText(result) : result;
    if (lines.length === 0) return answered;
    // A response may come with headers that cannot be changed, such as a redirect's.
    const changeable = new Response(answered.body, answered);
    for (const [name, value] of lines) changeable.headers.append(name, value);
    return changeable;
  };

  return async (request, response) => {
    const startedAtMs = performance.now();
    const target = request.url ?? "/";
    const facts = readRequest(request, "http", proxies);
    if (options.onAccess !== undefined) {
      const client = facts?.client.address ?? request.socket.remoteAddress ?? "";
      response.once("close", () => {
        const { statusCode: status } = response;
        const durationMs = performance.now() - startedAtMs;
        options.onAccess?.({ kind: "http", method: request.method ?? "", target, client, status, durationMs });
      });
    }
    try {
      const badAddress = new Denial(400, "The address of this request is malformed.");
      await sendResponse(
        response,
        facts === undefined ? plainText(badAddress) : await answer(request, response, facts),
      );
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      options.onReport({ level: "error", consumer: "http", event: `${request.method} ${target}`, error });
      if (response.headersSent) response.destroy();
      else
        await sendResponse(response, plainText(new Denial(500, "The server failed to answer."))).catch(() => undefined);
    }
  };
}

function plainText({ status, reason }: Denial): Response {
  return new Response(`${reason}\n`, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}
