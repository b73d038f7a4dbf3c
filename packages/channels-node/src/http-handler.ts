/** HTTP through a fetch handler. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequest } from "@remix-run/node-fetch-server";
import { Denial, type ProtocolRouter } from "@lobby/channels";
import { bodyDenial, failureOf } from "@lobby/channels/server";
import { announcesTooMuch, withBodyLimit } from "./body-limit.ts";
import { hostCheck, hostDenial } from "./allowed-hosts.ts";
import type { NodeServerContext } from "./server-context.ts";
import type { ResolvedOptions } from "./options.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";
import { remoteAddress, readRequest, ReplyHeaderLines, type RequestFacts } from "./request.ts";
import { sendResponse } from "./send-response.ts";

/** Answers one request. Never throws and never rejects. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A request that an application has been asked. */
interface Asked {
  readonly body: Request["body"];
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  readonly answering: Promise<Response>;
}

/** What the access log says of a client that left before it was answered. */
const CLIENT_LEFT = 499;

/** Makes the listener for `request` events. */
export function httpHandler(
  application: ProtocolRouter,
  options: ResolvedOptions,
  proxies: TrustedProxies,
  server: NodeServerContext,
): HttpHandler {
  const isHostAllowed = hostCheck(options.allowedHosts);
  const answer = async (
    incoming: Request,
    { url, headers, client }: RequestFacts,
    reply: ReplyHeaderLines,
  ): Promise<Response> => {
    const scope = {
      type: "http",
      url,
      headers,
      client,
      params: {},
      subjects: [],
      reply,
      layer: application.layer,
      server,
    } as const;
    const result = await application.http(incoming, scope);
    return result instanceof Denial ? result.toResponse() : result;
  };

  /** Hands a request over. It is not kept itself: its answer may go on for days. */
  const ask = (
    request: IncomingMessage,
    response: ServerResponse,
    facts: RequestFacts,
    reply: ReplyHeaderLines,
  ): Asked => {
    request.url = `${facts.url.pathname}${facts.url.search}`;
    const { host, protocol } = facts.url;
    const incoming = withBodyLimit(createRequest(request, response, { host, protocol }), options.maxBodyBytes);
    return { body: incoming.body, signal: incoming.signal, answering: answer(incoming, facts, reply) };
  };

  return async (request, response) => {
    const startedAtMs = performance.now();
    const target = request.url ?? "/";
    const facts = readRequest(request, "http", proxies);
    if (options.onAccess !== undefined) {
      const client = facts?.client.address ?? remoteAddress(request);
      response.once("close", () => {
        const status = response.headersSent ? response.statusCode : CLIENT_LEFT;
        const durationMs = performance.now() - startedAtMs;
        options.onAccess?.({ kind: "http", method: request.method ?? "", target, client, status, durationMs });
      });
    }
    let signal: AbortSignal | undefined;
    let body: Request["body"] = null;
    let outgoing: Response | undefined;
    const reply = new ReplyHeaderLines();
    try {
      if (facts === undefined) {
        outgoing = new Denial(400, "The address of this request is malformed.").toResponse();
      } else if (!isHostAllowed(facts)) {
        outgoing = hostDenial().toResponse();
      } else if (request.method === "TRACE") {
        // No fetch `Request` can have this method.
        outgoing = new Denial(501, "This server does not trace.").toResponse();
      } else if (announcesTooMuch(request, options.maxBodyBytes)) {
        outgoing = bodyDenial(options.maxBodyBytes).toResponse();
      } else {
        const asked = ask(request, response, facts, reply);
        ({ body, signal } = asked);
        outgoing = await asked.answering;
        signal = undefined;
      }
      await sendResponse(response, outgoing, reply.take());
    } catch (error) {
      if (hasClientLeft(request, signal, error) || isCutOff(response, error)) return;
      const { denial, level } = failureOf(error, "The server failed to answer");
      if (level !== undefined) {
        options.onReport({ level, source: "http", operation: `${request.method} ${target}`, error });
      }
      if (response.headersSent) response.destroy();
      else await sendResponse(response, denial.toResponse()).catch(() => undefined);
    } finally {
      letGo(request, [body, outgoing?.body]);
    }
  };
}

/** Whether an error is only what a client's leaving looks like from inside a handler. */
function hasClientLeft(request: IncomingMessage, signal: AbortSignal | undefined, error: unknown): boolean {
  if (request.destroyed && !request.complete) return true;
  return signal !== undefined && signal.aborted && signal.reason === error;
}

/** Whether an application has ended its answer before its end, as it does with one that nobody reads. */
function isCutOff({ headersSent }: ServerResponse, error: unknown): boolean {
  return headersSent && error instanceof DOMException && error.name === "AbortError";
}

/** Ends what nobody reads: the rest of an answer that was not wanted, and of a body that the handler did not want. */
function letGo(request: IncomingMessage, bodies: readonly (ReadableStream | null | undefined)[]): void {
  for (const body of bodies) {
    if (body?.locked === false) body.cancel().catch(() => undefined);
  }
  // Until it is off the wire, Node does not look at the next request of the connection.
  if (request.listenerCount("data") === 0) request.resume();
}
