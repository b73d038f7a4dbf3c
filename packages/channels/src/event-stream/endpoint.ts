/** Keeps the event streams of one application on one server, and finds them for posts. */
import type { Awaitable } from "../internal/promise.ts";
import { afterEvents } from "../internal/event-loop.ts";
import { createFanout, type ServerFanout } from "../fanout/fanout.ts";
import type { HttpScope, ServerContext } from "../application/scope.ts";
import type { ServerClosingError } from "../errors.ts";
import { Heartbeat } from "../server/heartbeat.ts";
import { eventStreamFrames } from "./frames.ts";
import type { EventStreamOptions } from "./options.ts";
import { NodeLink } from "./node-link.ts";
import { EventStreamSocket, type EventStreamSocketOwner, type Outcome, type Post } from "./event-stream-socket.ts";

/** A connection id: the name of its node, a dot, and a secret that only its client knows. */
const ID = /^([\w-]{36})\.([\w-]{36})$/;

/** The event streams of one application on one server. */
export class EventStreamEndpoint implements EventStreamSocketOwner {
  readonly fanout: ServerFanout<Uint8Array>;
  readonly maxBufferedBytes: number;
  readonly closeTimeoutMs: number;
  readonly #server: ServerContext;
  readonly #heartbeat: Heartbeat;
  readonly #nodes: NodeLink;
  /** The connections by the secret part of their id. */
  readonly #sockets = new Map<string, EventStreamSocket>();

  constructor({ server, layer }: HttpScope, options: Required<EventStreamOptions>) {
    this.maxBufferedBytes = options.maxBufferedBytes;
    this.closeTimeoutMs = options.closeTimeoutMs;
    this.#heartbeat = new Heartbeat(options.heartbeatIntervalMs);
    this.#server = server;
    this.fanout = createFanout({
      codec: eventStreamFrames,
      maxBufferedBytes: options.maxBufferedBytes,
      schedule: afterEvents,
      report: (report) => server.report(report),
    });
    this.#nodes = new NodeLink(
      layer,
      (key, post) => this.#take(key, post),
      (error) => server.report({ level: "error", source: "eventStream", operation: "answer another node", error }),
    );
    server.closing.addEventListener("abort", () => this.#close(server.closing.reason as ServerClosingError));
  }

  /** Creates a connection. The caller then passes it to the application. */
  async open({ url, subjects }: HttpScope): Promise<EventStreamSocket> {
    await this.#nodes.join();
    const key = crypto.randomUUID();
    const socket = new EventStreamSocket(this, `${this.#nodes.name}.${key}`, { path: url.pathname, subjects });
    this.#sockets.set(key, socket);
    this.#heartbeat.add(socket);
    return socket;
  }

  /** Returns whether a connection with this id may exist, on this node or another. */
  async mayExist(id: string): Promise<boolean> {
    const [, node, key] = ID.exec(id) ?? [];
    if (node === undefined || key === undefined) return false;
    return node === this.#nodes.name ? this.#sockets.has(key) : this.#nodes.exists(node);
  }

  /** Passes a post to its connection, on this node or another. Returns the outcome. */
  async post(id: string, post: Post): Promise<Outcome> {
    const [, node = "", key = ""] = ID.exec(id) ?? [];
    return node === this.#nodes.name ? this.#take(key, post) : this.#nodes.ask(node, key, post);
  }

  ended(socket: EventStreamSocket, whenIdle: Promise<void>): void {
    this.#sockets.delete(socket.id.slice(this.#nodes.name.length + 1));
    this.#heartbeat.delete(socket);
    this.#server.waitUntil(whenIdle);
  }

  #take(key: string, post: Post): Awaitable<Outcome> {
    return this.#sockets.get(key)?.take(post) ?? "gone";
  }

  #close({ closeCode, reason }: ServerClosingError): void {
    this.fanout.flush();
    for (const socket of this.#sockets.values()) socket.close(closeCode, reason);
    this.#nodes.close();
  }
}
