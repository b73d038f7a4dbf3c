/**
 * Serves WebSocket applications over HTTP, for networks that block WebSockets. The consumer and the middleware stay the
 * same.
 *
 * GET opens a connection, and its response carries the frames of the server as server-sent events. Each POST with the
 * id of the connection carries one frame of the client. DELETE closes the connection.
 *
 * @see Django Channels, "AsyncHttpConsumer". Differs: groups and events reach the consumer during the response, and the
 * server detects a client that leaves.
 */
import { checkApplication } from "../application/check-application.ts";
import { Denial } from "../application/denial.ts";
import type { HttpApplication, WebSocketApplication } from "../application/application.ts";
import type { FrameData } from "../fanout/codec.ts";
import { cutTarget } from "../internal/cut-target.ts";
import { closingDenial, lateDenial, openSocket } from "../application/failure.ts";
import { deriveScope } from "../application/rebuild-scope.ts";
import type { HttpScope, ServerContext, WebSocketScope } from "../application/scope.ts";
import { originCheck, originDenial, type OriginCheck } from "../middleware/origin.ts";
import { readFrame } from "./frame-request.ts";
import { EventStreamEndpoint } from "./endpoint.ts";
import { resolveEventStreamOptions, type EventStreamOptions } from "./options.ts";
import type { EventStreamSocket, Outcome } from "./event-stream-socket.ts";

/** The header with the connection id. Access logs omit it, and a page of another origin needs a preflight to send it. */
const ID_HEADER = "Connection-Id";

/** The scope that an event stream needs: that of an HTTP request, with the additions that its application needs. */
export type EventStreamScope<Scope> = Omit<Scope, "type" | "subprotocols"> & HttpScope;

/**
 * Serves a WebSocket application over HTTP. Mount it at its own address, with the same parameters and middleware.
 *
 * The first event has the type `connection`, and its data is JSON with the `id`. Text frames are events without a type.
 * Binary frames are events of the type `binary`, in base64. The last event has the type `close`, and its data is JSON
 * with `code` and `reason`. After it, the client must not reconnect automatically.
 *
 * `scope.url` begins with `http`, and `scope.subprotocols` is empty. The server accepts a frame only from a request that
 * has all subjects of the connection.
 *
 * The status of a POST:
 * - 204: the consumer received the frame.
 * - 400, 413 or 415: the body is no valid frame, or the request names no connection.
 * - 403: the connection belongs to another visitor.
 * - 404: the connection has ended.
 * - 503: the consumer is too busy.
 * - 504: the node of the connection did not answer.
 *
 * @example
 * const chat = consumer(Chat);
 * protocolRouter({
 *   http: auth(urlRouter([route("/sse/chat/:room/", eventStream(chat))])),
 *   websocket: auth(urlRouter([route("/ws/chat/:room/", chat)])),
 * });
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the application is not a function, or an option is unknown or
 * out of range.
 */
export function eventStream<Scope extends WebSocketScope>(
  application: WebSocketApplication<Scope>,
  options: EventStreamOptions = {},
): HttpApplication<EventStreamScope<Scope>> {
  checkApplication("application", application);
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
    if (origin !== null) this.#allowOrigin(origin, scope);
    switch (request.method) {
      case "GET":
        return this.#open(request, scope);
      case "POST":
        return this.#forward(scope, () => readFrame(request, this.#options.maxPayloadBytes));
      case "DELETE":
        return this.#forward(scope, async () => undefined);
      case "OPTIONS":
        reply.append("Access-Control-Allow-Methods", "POST, DELETE");
        reply.append("Access-Control-Allow-Headers", `Content-Type, ${ID_HEADER}`);
        return new Response(null, { status: 204 });
      default:
        reply.append("Allow", "GET, POST, DELETE");
        return new Denial(405, "Open the stream with GET, send frames with POST, and close it with DELETE.");
    }
  }

  /** Allows a page of another origin to read the response (WHATWG Fetch, "CORS protocol"). */
  #allowOrigin(origin: string, { reply }: HttpScope): void {
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
    // Links, images and requests without an origin must not open a connection.
    if (headers.get("accept")?.includes("text/event-stream") !== true) {
      return new Denial(406, "This address is an event stream. Open it with an EventSource.");
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
        scope.server.report({
          level,
          source: "eventStream",
          operation: `open ${cutTarget(scope.url.pathname)}`,
          error,
        }),
    );
  }

  /**
   * Passes the frame of a POST to the connection that the request names. A request without a frame closes that
   * connection. The id is checked first, so that no stranger's body is read.
   */
  async #forward(
    scope: HttpScope,
    readData: () => Promise<FrameData | Denial | undefined>,
  ): Promise<Response | Denial> {
    const id = scope.headers.get(ID_HEADER);
    if (id === null) return new Denial(400, `Put the connection id into the header ${ID_HEADER}.`);
    const endpoint = this.#endpointOf(scope);
    if (!(await endpoint.mayExist(id))) return DENIALS.gone;
    const data = await readData();
    if (data instanceof Denial) return data;
    const { url, subjects } = scope;
    const outcome = await endpoint.post(id, { path: url.pathname, subjects, data });
    return outcome === "taken" ? new Response(null, { status: 204 }) : DENIALS[outcome];
  }

  #endpointOf(scope: HttpScope): EventStreamEndpoint {
    let endpoint = this.#endpoints.get(scope.server);
    if (endpoint === undefined) {
      endpoint = new EventStreamEndpoint(scope, this.#options);
      this.#endpoints.set(scope.server, endpoint);
    }
    return endpoint;
  }
}

function asSocketScope(scope: object): object {
  return { ...scope, type: "websocket", subprotocols: [] } satisfies Pick<WebSocketScope, "type" | "subprotocols">;
}

const DENIALS: Readonly<Record<Exclude<Outcome, "taken">, Denial>> = {
  foreign: new Denial(403, "This connection belongs to another visitor."),
  gone: new Denial(404, "This connection does not exist. Open a new one."),
  busy: new Denial(503, "The consumer of this connection is busy. Send the frame again later.", {
    headers: { "Retry-After": "1" },
  }),
  unknown: new Denial(504, "The server of this connection did not answer. It may have received the frame."),
};
