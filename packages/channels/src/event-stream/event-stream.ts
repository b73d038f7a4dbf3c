/**
 * The HTTP counterpart of a WebSocket, for networks that let none through: the
 * same consumer behind the same middleware, over an event stream and requests.
 *
 * GET opens the connection and is answered with what the consumer sends, as
 * server-sent events; each POST with the connection's id carries one frame;
 * DELETE closes.
 *
 * @see Django Channels, "AsyncHttpConsumer". Differs: groups and events reach
 * the consumer while the answer goes on, and the client's leaving is noticed.
 */
import { Denial } from "../application/denial.ts";
import type { HttpApplication, WebSocketApplication } from "../application/application.ts";
import type { FrameData } from "../fanout/codec.ts";
import { closingDenial, lateDenial, openSocket } from "../application/failure.ts";
import { deriveScope } from "../application/rebuild-scope.ts";
import type { HttpScope, ServerContext, WebSocketScope } from "../application/scope.ts";
import { originCheck, originDenial, type OriginCheck } from "../middleware/origin.ts";
import { readFrame } from "./frame-request.ts";
import { EventStreamEndpoint } from "./endpoint.ts";
import { resolveEventStreamOptions, type EventStreamOptions } from "./options.ts";
import type { EventStreamSocket, Outcome } from "./event-stream-socket.ts";

/** Carries the id. A page of another origin cannot send it without asking first, and no log has it. */
const ID_HEADER = "Connection-Id";

/** The scope of a WebSocket application as HTTP has it: all but what is a WebSocket's own. */
export type EventStreamScope<Scope> = Omit<Scope, "type" | "subprotocols"> & HttpScope;

/**
 * Serves a WebSocket application over HTTP: mount it at an address of its own,
 * with the same parameters and behind the same middleware.
 *
 * The first event is of the type `connection` and has the `id`, as JSON. Text
 * frames are messages, binary ones events of the type `binary` in base64. The
 * last event is of the type `close`, with `code` and `reason`; the client must
 * not come back by itself then. `scope.url` begins with `http`, and there are
 * no subprotocols. A frame is taken only from whom the subjects of the
 * connection's scope name, too.
 *
 * A POST is answered with 204 when the consumer has the frame, or has it in its
 * queue; with 404 when the connection is gone, 403 when it is somebody
 * else's, 400, 413 or 415 when it is no frame, 503 when the consumer is too
 * busy, and 504 when nobody knows, because another server did not answer.
 *
 * @example
 * const chat = consumer(Chat);
 * protocolRouter({
 *   http: auth(urlRouter([route("/sse/chat/:room/", eventStream(chat))])),
 *   websocket: auth(urlRouter([route("/ws/chat/:room/", chat)])),
 * });
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
 */
export function eventStream<Scope extends WebSocketScope>(
  application: WebSocketApplication<Scope>,
  options: EventStreamOptions = {},
): HttpApplication<EventStreamScope<Scope>> {
  const stream = new EventStream(application, options);
  const serve = (request: Request, scope: HttpScope): Promise<Response | Denial> => stream.serve(request, scope);
  return Object.assign(serve, application.handles !== undefined && { handles: application.handles });
}

class EventStream {
  readonly #application: WebSocketApplication<never>;
  readonly #options: Required<EventStreamOptions>;
  readonly #isOriginAllowed: OriginCheck;
  readonly #endpoints = new WeakMap<ServerContext, EventStreamEndpoint>();

  constructor(application: WebSocketApplication<never>, options: EventStreamOptions) {
    this.#application = application;
    this.#options = resolveEventStreamOptions(options);
    this.#isOriginAllowed = originCheck(this.#options.allowedOrigins);
  }

  async serve(request: Request, scope: HttpScope): Promise<Response | Denial> {
    const { headers, reply, url } = scope;
    const origin = headers.get("origin");
    if (!this.#isOriginAllowed(origin, url.host)) return originDenial();
    if (origin !== null) this.#share(origin, scope);
    switch (request.method) {
      case "GET":
        return this.#open(request, scope);
      case "POST":
        return this.#post(request, scope);
      case "DELETE":
        return this.#lead(scope, undefined);
      case "OPTIONS":
        reply.append("Access-Control-Allow-Methods", "POST, DELETE");
        reply.append("Access-Control-Allow-Headers", `Content-Type, ${ID_HEADER}`);
        return new Response(null, { status: 204 });
      default:
        reply.append("Allow", "GET, POST, DELETE");
        return new Denial(405, "Open the stream with GET, send to it with POST, close it with DELETE.");
    }
  }

  /** Lets a page of another origin see the answer (WHATWG Fetch, "CORS protocol"). */
  #share(origin: string, { reply }: HttpScope): void {
    if (this.#options.allowedOrigins === "any") {
      reply.append("Access-Control-Allow-Origin", "*");
    } else {
      reply.append("Access-Control-Allow-Origin", origin);
      reply.append("Access-Control-Allow-Credentials", "true");
      reply.append("Vary", "Origin");
    }
  }

  async #open(request: Request, scope: HttpScope): Promise<Response | Denial> {
    const { headers, server } = scope;
    // What a link or an image asks for opens nothing; nor what a page asks for without saying which page it is.
    if (headers.get("accept")?.includes("text/event-stream") !== true) {
      return new Denial(406, "This address is an event stream: open it with an EventSource.");
    }
    if (headers.get("sec-fetch-mode") === "no-cors") return originDenial();
    if (server.closing.aborted) return closingDenial();
    const socket = await this.#endpointOf(scope).open(scope);
    request.signal.addEventListener("abort", () => socket.lost());
    if (request.signal.aborted) socket.lost();
    const tooLate = (): void => socket.deny(lateDenial());
    const timer = setTimeout(tooLate, this.#options.handshakeTimeoutMs);
    void this.#connect(socket, scope);
    const answer = await socket.answer;
    clearTimeout(timer);
    return answer;
  }

  async #connect(socket: EventStreamSocket, scope: HttpScope): Promise<void> {
    await openSocket(
      socket,
      async () => this.#application(socket, (await deriveScope(scope, { derive: asSocketScope })) as never),
      (level, error) =>
        scope.server.report({ level, source: "eventStream", operation: `open ${scope.url.pathname}`, error }),
    );
  }

  async #post(request: Request, scope: HttpScope): Promise<Response | Denial> {
    const frame = await readFrame(request, this.#options.maxPayloadBytes);
    return frame instanceof Denial ? frame : this.#lead(scope, frame);
  }

  /** Leads a frame, or the wish to close, to the connection that the request names. */
  async #lead(scope: HttpScope, data: FrameData | undefined): Promise<Response | Denial> {
    const id = scope.headers.get(ID_HEADER);
    if (id === null) return new Denial(400, `Name the connection in the header ${ID_HEADER}.`);
    const { url, subjects } = scope;
    const outcome = await this.#endpointOf(scope).post(id, { path: url.pathname, subjects, data });
    return outcome === "taken" ? new Response(null, { status: 204 }) : DENIALS[outcome];
  }

  #endpointOf(scope: HttpScope): EventStreamEndpoint {
    let host = this.#endpoints.get(scope.server);
    if (host === undefined) {
      host = new EventStreamEndpoint(scope, this.#options);
      this.#endpoints.set(scope.server, host);
    }
    return host;
  }
}

function asSocketScope(scope: object): object {
  return { ...scope, type: "websocket", subprotocols: [] } satisfies Pick<WebSocketScope, "type" | "subprotocols">;
}

const DENIALS: Readonly<Record<Exclude<Outcome, "taken">, Denial>> = {
  foreign: new Denial(403, "This connection is somebody else's."),
  gone: new Denial(404, "There is no such connection; open a new one."),
  busy: new Denial(503, "This connection has too much to do; send again later.", { headers: { "Retry-After": "1" } }),
  unknown: new Denial(
    504,
    "The server that has this connection did not answer; nobody knows what became of the frame.",
  ),
};
