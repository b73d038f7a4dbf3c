import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Denial, type ProtocolRouter } from "@lobby/channels";
import { cutTarget, failureOf, incomingRequest, isAbort, newHttpScope } from "@lobby/channels/server";
import { CLIENT_LEFT } from "./access-log.ts";
import { Admission } from "./admission.ts";
import type { Exchange } from "./exchange.ts";
import { isHandshake } from "./handshake.ts";
import type { ConnectionsOwner } from "./http-connections.ts";
import type { ResolvedOptions } from "./options.ts";
import { ReplyHeaderLines } from "./reply-headers.ts";
import { expectationOf, isBodyReadable, RequestBody } from "./request-body.ts";
import { remoteAddress, type RequestFacts } from "./request-facts.ts";
import type { RequestReader } from "./request-reader.ts";
import { sendResponse } from "./send-response.ts";
import type { NodeServerContext } from "./server-context.ts";
import { writeDenial } from "./write-denial.ts";

/** A call of the application. */
interface ApplicationCall {
  readonly body: Request["body"];
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  readonly answer: Promise<Response>;
}

/** The HTTP half of a server: passes requests to the application and sends its answers. */
export class HttpEndpoint implements ConnectionsOwner {
  readonly #application: ProtocolRouter;
  readonly #options: ResolvedOptions;
  readonly #reader: RequestReader;
  readonly #context: NodeServerContext;
  readonly #admission: Admission;

  constructor(
    application: ProtocolRouter,
    options: ResolvedOptions,
    reader: RequestReader,
    context: NodeServerContext,
  ) {
    this.#application = application;
    this.#options = options;
    this.#reader = reader;
    this.#context = context;
    this.#admission = new Admission("http", options);
  }

  begin(exchange: Exchange): void {
    void this.#handle(exchange);
  }

  refuse(socket: Socket, denial: Denial, request?: IncomingMessage): void {
    writeDenial(socket, denial);
    this.log(socket, denial, request);
  }

  log(socket: Socket, { status }: Denial, { method = "", url = "" }: Partial<IncomingMessage> = {}): void {
    const client = remoteAddress({ socket });
    this.#options.onAccess?.({ kind: "http", method, target: cutTarget(url), client, status, durationMs: 0 });
  }

  /** Never rejects. */
  async #handle(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const target = cutTarget(request.url ?? "/");
    const isForServer = request.method === "OPTIONS" && request.url === "*";
    // This target names the server instead of a page (RFC 9112 §3.2.4).
    if (isForServer) request.url = "/";
    const { clientAddress, facts, denial } = this.#reader.read(request, "http");
    this.#logAtClose(exchange, target, clientAddress);
    const refusal = denial ?? this.#admit(response, facts) ?? refusalOf(request);
    if (refusal !== undefined) await this.#deny(exchange, refusal);
    else if (isForServer) await this.#send(response, new Response(null, { status: 204 }));
    else await this.#serve(exchange, facts as RequestFacts, target);
  }

  /** Returns the denial of a request that `admit` refuses. The end of the response releases an admitted one. */
  #admit(response: ServerResponse, facts: RequestFacts): Denial | undefined {
    const admitted = this.#admission.decide(facts);
    if (admitted === undefined || admitted instanceof Denial) return admitted;
    response.once("close", () => this.#admission.release(admitted));
    return undefined;
  }

  async #serve(exchange: Exchange, facts: RequestFacts, target: string): Promise<void> {
    const { request, response } = exchange;
    const reply = new ReplyHeaderLines();
    let body: Request["body"] = null;
    let signal: AbortSignal | undefined;
    let answer: Response | undefined;
    try {
      const call = this.#call(exchange, facts, reply);
      ({ body, signal } = call);
      answer = await call.answer;
      exchange.isEndless = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
      signal = undefined;
      await this.#send(response, answer, reply.take());
    } catch (error) {
      const hasAborted = isAborted(response, error);
      if (hasAborted || hasClientLeft(request, signal, error)) {
        if (hasAborted) exchange.failedStatus = response.statusCode;
        // A client that has ended its half of the connection would wait for ever.
        response.destroy();
        return;
      }
      const { denial, level } = failureOf(error, "The server failed to answer");
      if (level !== undefined) {
        this.#options.onReport({ level, source: "http", operation: `${request.method} ${target}`, error });
      }
      if (response.headersSent) {
        exchange.failedStatus = denial.status;
        response.destroy();
      } else {
        await this.#deny(exchange, denial);
      }
    } finally {
      discard(request, [body, answer?.body]);
    }
  }

  /** Calls the application. Does not return the `Request`, so that memory does not keep it during a long answer. */
  #call(exchange: Exchange, facts: RequestFacts, reply: ReplyHeaderLines): ApplicationCall {
    const incoming = this.#requestOf(exchange, facts);
    return { body: incoming.body, signal: incoming.signal, answer: this.#answer(incoming, facts, reply) };
  }

  #requestOf(exchange: Exchange, { url: { protocol, host, pathname, search } }: RequestFacts): Request {
    const { request, response } = exchange;
    const { method = "GET" } = request;
    const headers = request.headers as Record<string, string>;
    const init: RequestInit = { method, headers, signal: exchange.openSignal() };
    if (isBodyReadable(request)) {
      const body = new RequestBody(request, response, this.#options);
      exchange.useBody(body);
      init.body = body.stream;
      init.duplex = "half";
    }
    return incomingRequest(`${protocol}//${host}${pathname}${search}`, init);
  }

  async #answer(incoming: Request, facts: RequestFacts, reply: ReplyHeaderLines): Promise<Response> {
    const { layer } = this.#application;
    const result = await this.#application.http(incoming, newHttpScope({ ...facts, reply, layer }, this.#context));
    return result instanceof Denial ? result.toResponse() : result;
  }

  async #deny({ request, response }: Exchange, denial: Denial): Promise<void> {
    await this.#send(response, denial.toResponse()).catch(() => undefined);
    discard(request, []);
  }

  #send(
    response: ServerResponse,
    answer: Response,
    lines?: readonly (readonly [name: string, value: string])[],
  ): Promise<void> {
    return sendResponse(response, answer, this.#options.sendTimeoutMs, lines);
  }

  #logAtClose(exchange: Exchange, target: string, client: string): void {
    const { onAccess } = this.#options;
    const { request, response } = exchange;
    const { method = "" } = request;
    if (onAccess === undefined) return;
    const startedAtMs = performance.now();
    response.once("close", () => {
      const status = loggedStatus(exchange);
      onAccess({ kind: "http", method, target, client, status, durationMs: performance.now() - startedAtMs });
    });
  }
}

/** Returns the denial of a request that the application cannot answer. */
function refusalOf(request: IncomingMessage): Denial | undefined {
  const { method, headers, httpVersionMinor } = request;
  if (headers.host === undefined && httpVersionMinor > 0) return new Denial(400, "The Host header is missing.");
  // A fetch `Request` cannot have this method.
  if (method === "TRACE") return new Denial(501, "This server does not support TRACE.");
  if (isHandshake(request))
    return new Denial(400, "Wait for all answers on this connection before you open a WebSocket.");
  const expectation = expectationOf(request);
  if (expectation === undefined || expectation === "100-continue") return undefined;
  return new Denial(417, "This server understands `Expect: 100-continue` only.");
}

/** Returns whether an error only means that the client has left. */
function hasClientLeft(request: IncomingMessage, signal: AbortSignal | undefined, error: unknown): boolean {
  if (request.destroyed && !request.complete) return true;
  return signal !== undefined && signal.aborted && isAbort(error, signal.reason);
}

/** Returns the status for the access log. */
function loggedStatus({ response, isEndless, failedStatus }: Exchange): number {
  if (response.writableFinished || (response.headersSent && isEndless)) return response.statusCode;
  return failedStatus ?? CLIENT_LEFT;
}

/** Returns whether the application aborted its own answer, for example because the client did not read it. */
function isAborted({ headersSent }: ServerResponse, error: unknown): boolean {
  return headersSent && error instanceof Error && error.name === "AbortError";
}

/** Cancels unread bodies, and drops the unread rest of the request. */
function discard(request: IncomingMessage, bodies: readonly (ReadableStream | null | undefined)[]): void {
  for (const body of bodies) {
    if (body?.locked === false) body.cancel().catch(() => undefined);
  }
  // Node reads the next request of the connection only after the whole body of this one.
  if (request.listenerCount("data") === 0) request.resume();
}
