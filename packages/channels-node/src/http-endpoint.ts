import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequest } from "@remix-run/node-fetch-server";
import { Denial, type ProtocolRouter } from "@lobby/channels";
import { failureOf, newHttpScope } from "@lobby/channels/server";
import { Admission } from "./admission.ts";
import type { BodyLimit } from "./body-limit.ts";
import type { ResolvedOptions } from "./options.ts";
import { ReplyHeaderLines } from "./reply-headers.ts";
import type { RequestFacts } from "./request-facts.ts";
import type { RequestReader } from "./request-reader.ts";
import { sendResponse } from "./send-response.ts";
import type { NodeServerContext } from "./server-context.ts";

/** A call of the application. */
interface ApplicationCall {
  readonly body: Request["body"];
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  readonly answer: Promise<Response>;
}

/** The status in the access log for a client that left before the answer. */
const CLIENT_LEFT = 499;

/** The HTTP half of a server: passes requests to the application and sends its answers. */
export class HttpEndpoint {
  readonly #application: ProtocolRouter;
  readonly #options: ResolvedOptions;
  readonly #reader: RequestReader;
  readonly #bodyLimit: BodyLimit;
  readonly #context: NodeServerContext;
  readonly #admission: Admission;

  constructor(
    application: ProtocolRouter,
    options: ResolvedOptions,
    reader: RequestReader,
    bodyLimit: BodyLimit,
    context: NodeServerContext,
  ) {
    this.#application = application;
    this.#options = options;
    this.#reader = reader;
    this.#bodyLimit = bodyLimit;
    this.#context = context;
    this.#admission = new Admission("http", options);
  }

  /** Handles a `request` event of the HTTP server. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? "/";
    const { clientAddress, facts, denial } = this.#reader.read(request, "http");
    this.#logAtClose(request, response, target, clientAddress);
    if (denial !== undefined) return deny(request, response, denial);
    const refusal = this.#admit(response, facts) ?? this.#refusal(request);
    if (refusal !== undefined) return deny(request, response, refusal);
    return this.#serve(request, response, facts, target);
  }

  /** Returns the denial of a request that `admit` refuses. The end of the response releases an admitted one. */
  #admit(response: ServerResponse, facts: RequestFacts): Denial | undefined {
    const admitted = this.#admission.decide(facts);
    if (admitted === undefined || admitted instanceof Denial) return admitted;
    response.once("close", () => this.#admission.release(admitted));
    return undefined;
  }

  #refusal(request: IncomingMessage): Denial | undefined {
    // A fetch `Request` cannot have this method.
    if (request.method === "TRACE") return new Denial(501, "This server does not support TRACE.");
    return this.#bodyLimit.denialOf(request);
  }

  async #serve(request: IncomingMessage, response: ServerResponse, facts: RequestFacts, target: string): Promise<void> {
    const reply = new ReplyHeaderLines();
    let body: Request["body"] = null;
    let signal: AbortSignal | undefined;
    let answer: Response | undefined;
    try {
      const call = this.#call(request, response, facts, reply);
      ({ body, signal } = call);
      answer = await call.answer;
      signal = undefined;
      await sendResponse(response, answer, reply.take());
    } catch (error) {
      if (hasClientLeft(request, signal, error) || isAborted(response, error)) return;
      const { denial, level } = failureOf(error, "The server failed to answer");
      if (level !== undefined) {
        this.#options.onReport({ level, source: "http", operation: `${request.method} ${target}`, error });
      }
      if (response.headersSent) response.destroy();
      else await sendDenial(response, denial);
    } finally {
      discard(request, [body, answer?.body]);
    }
  }

  /** Calls the application. Does not return the `Request`, so that memory does not keep it during a long answer. */
  #call(
    request: IncomingMessage,
    response: ServerResponse,
    facts: RequestFacts,
    reply: ReplyHeaderLines,
  ): ApplicationCall {
    const { host, protocol, pathname, search } = facts.url;
    request.url = `${pathname}${search}`;
    const incoming = this.#bodyLimit.applyTo(createRequest(request, response, { host, protocol }));
    return { body: incoming.body, signal: incoming.signal, answer: this.#answer(incoming, facts, reply) };
  }

  async #answer(incoming: Request, facts: RequestFacts, reply: ReplyHeaderLines): Promise<Response> {
    const { layer } = this.#application;
    const result = await this.#application.http(incoming, newHttpScope({ ...facts, reply, layer }, this.#context));
    return result instanceof Denial ? result.toResponse() : result;
  }

  #logAtClose({ method = "" }: IncomingMessage, response: ServerResponse, target: string, client: string): void {
    const { onAccess } = this.#options;
    if (onAccess === undefined) return;
    const startedAtMs = performance.now();
    response.once("close", () => {
      const status = response.headersSent ? response.statusCode : CLIENT_LEFT;
      onAccess({ kind: "http", method, target, client, status, durationMs: performance.now() - startedAtMs });
    });
  }
}

async function deny(request: IncomingMessage, response: ServerResponse, denial: Denial): Promise<void> {
  await sendDenial(response, denial);
  discard(request, []);
}

async function sendDenial(response: ServerResponse, denial: Denial): Promise<void> {
  await sendResponse(response, denial.toResponse()).catch(() => undefined);
}

/** Returns whether an error only means that the client has left. */
function hasClientLeft(request: IncomingMessage, signal: AbortSignal | undefined, error: unknown): boolean {
  if (request.destroyed && !request.complete) return true;
  return signal !== undefined && signal.aborted && signal.reason === error;
}

/** Returns whether the application aborted its own answer, for example because the client did not read it. */
function isAborted({ headersSent }: ServerResponse, error: unknown): boolean {
  return headersSent && error instanceof DOMException && error.name === "AbortError";
}

/** Cancels unread bodies, and drops the unread rest of the request. */
function discard(request: IncomingMessage, bodies: readonly (ReadableStream | null | undefined)[]): void {
  for (const body of bodies) {
    if (body?.locked === false) body.cancel().catch(() => undefined);
  }
  // Node reads the next request of the connection only after the whole body of this one.
  if (request.listenerCount("data") === 0) request.resume();
}
