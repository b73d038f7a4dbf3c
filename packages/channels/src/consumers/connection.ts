/**
 * Runs the handlers of a consumer, one at a time and in the order of arrival.
 *
 * `disconnect` runs exactly once for every connection whose `connect` ran and
 * did not deny it, even after an error.
 *
 * @see Django Channels, `channels.consumer` and `await_many_dispatch`. Differs:
 * after an error, `disconnect` runs and the connection leaves its groups, and
 * limits bound the work that waits for a connection.
 */
import { Denial } from "../application/denial.ts";
import { handshakeFailureOf, INVALID_NAME_REASON } from "../application/failure.ts";
import { closeOf, isRevocation, joinSubjects, type Revocation } from "../application/revocation.ts";
import type { SubjectScope } from "../application/scope.ts";
import type { ServerSocket, SocketHandler } from "../application/socket.ts";
import { ConfigurationError, HandshakeAnsweredError, HandshakeNotAnsweredError, InvalidNameError } from "../errors.ts";
import type { FrameData } from "../fanout/codec.ts";
import type { FanoutTarget, Lane, LaneSet } from "../fanout/lane.ts";
import { handlerStart } from "../internal/blocking.ts";
import { isPromiseLike, type Awaitable } from "../internal/promise.ts";
import { TinySet } from "../internal/tiny-set.ts";
import type { Channel, ChannelLayer, ChannelMessage, Receiver } from "../layers/layer.ts";
import type { ConsumerKind, HandledEvent } from "./consumer-kind.ts";
import { MAX_QUEUED_BYTES } from "./consumer-limits.ts";
import { EarlyFrames } from "./early-frames.ts";
import { Relay } from "./event-table.ts";
import type { ConsumerHooks, ConsumerSocket } from "./hooks.ts";
import { LeaveSignal } from "./leave-signal.ts";
import { ScopeRefresher, type RefreshTarget } from "./scope-refresher.ts";
import { SerialQueue, type TaskRunner } from "./serial-queue.ts";
import { operationOf, type Task } from "./task.ts";

/** The part of a scope that every connection needs. */
interface ConnectionScope extends SubjectScope {
  readonly layer: ChannelLayer;
}

/** The phase of a connection. In `lost` and `over`, its one `disconnect` waits to run, or has run. */
type Phase =
  /** The consumer has not answered the handshake. */
  | "opening"
  /** The client left before the answer. */
  | "lost"
  | "denied"
  | "open"
  /** No further frame can reach the client, which has not left yet. */
  | "closing"
  /** The client has left. */
  | "over";

/** One connection between its socket, its channel and its consumer. */
export class ConsumerConnection
  implements ConsumerSocket, SocketHandler, Receiver, FanoutTarget<unknown>, TaskRunner<Task>, RefreshTarget
{
  readonly kind: ConsumerKind;
  scope: ConnectionScope;
  readonly lanes: TinySet<Lane<unknown>> = new TinySet();
  served = 0;
  dirty: LaneSet<unknown> | undefined = undefined;
  isCorked = false;
  readonly channel: Channel;
  readonly layer: ChannelLayer;
  /** Whether the consumer's `connect` has started. */
  hasConnected = false;
  readonly #socket: ServerSocket;
  #consumer!: ConsumerHooks;
  #phase: Phase = "opening";
  readonly #queue = new SerialQueue<Task>(this);
  /** Refreshes the scope of a connection with subjects. Other connections have none. */
  #refresher: ScopeRefresher | undefined;
  #queuedFrames = 0;
  #queuedBytes = 0;
  #isPaused = false;
  #queuedEvents = 0;
  #earlyFrames: EarlyFrames | undefined;
  #leaveSignal: LeaveSignal | undefined;

  constructor(socket: ServerSocket, scope: ConnectionScope, kind: ConsumerKind) {
    this.#socket = socket;
    this.scope = scope;
    this.layer = scope.layer;
    this.kind = kind;
    this.channel = scope.layer.newChannel(this);
  }

  /** Constructs the consumer. Denies the connection when the constructor throws. */
  attach(construct: () => ConsumerHooks): void {
    try {
      this.#consumer = construct();
    } catch (error) {
      this.#fail("constructor", error);
    }
  }

  // Calls of the consumer.

  accept(subprotocol: string | undefined): void {
    this.#assertUnanswered("accept the connection");
    if (!this.hasConnected) {
      throw new ConfigurationError(
        `${this.kind.consumerName} accepted its connection before \`connect\`. Accept it in \`connect\` or later.`,
      );
    }
    if (this.#phase !== "opening") return;
    this.#phase = "open";
    this.#socket.accept(subprotocol);
    this.#earlyFrames?.writeTo(this.#socket);
    this.#earlyFrames = undefined;
  }

  deny(denial: Denial): void {
    this.#assertUnanswered("deny the connection");
    if (this.#phase !== "opening" && this.#phase !== "lost") return;
    this.#leave("denied");
    this.#queue.clear();
    this.#leaveGroups();
    this.#socket.deny(denial);
  }

  get signal(): AbortSignal {
    this.#leaveSignal ??= new LeaveSignal();
    if (!this.isLive) this.#leaveSignal.abort();
    return this.#leaveSignal.signal;
  }

  send(data: FrameData): boolean {
    if (!this.isLive) return false;
    this.kind.fanout.send(this, data);
    // This frame may have filled the buffer of a slow client, which closes the connection.
    return this.isLive;
  }

  get bufferedBytes(): number {
    return this.#earlyFrames?.bytes ?? this.#socket.bufferedBytes;
  }

  async drained(): Promise<void> {
    this.kind.fanout.catchUp(this);
    if (this.#phase === "open") await this.#socket.drained();
  }

  end(code: number, reason: string): void {
    if (this.#phase === "open") {
      this.#closeSocket("closing", code, reason);
    } else if (this.#phase === "opening" || this.#phase === "lost") {
      this.deny(new Denial(403, reason === "" ? undefined : reason));
    }
  }

  // Calls of the server.

  open(): void {
    if (this.#phase !== "over") this.#queue.push({ kind: "connect" });
  }

  receive(data: FrameData): void {
    if (this.#phase !== "open") return;
    this.#queuedFrames += 1;
    this.#queuedBytes += data.length;
    this.#queue.push({ kind: "receive", data });
    if (this.#isPaused || !this.#isQueueFull) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  closing(): void {
    if (this.#phase === "open") this.#leave("closing");
    else if (this.#phase === "opening") this.close(1006, "");
  }

  close(code: number, reason: string): void {
    if (this.#phase === "denied" || this.#phase === "lost" || this.#phase === "over") return;
    this.#leave(this.#phase === "opening" ? "lost" : "over");
    this.#leaveGroups();
    this.#queue.push({ kind: "disconnect", code, reason });
  }

  whenIdle(): Promise<void> {
    return this.#queue.whenIdle();
  }

  // Calls of the layer and the fan-out.

  deliver(sent: ChannelMessage): boolean {
    if (!this.isLive) return true;
    const event = this.kind.resolve(sent);
    return event === undefined || this.deliverEvent(event);
  }

  deliverEvent(event: HandledEvent): boolean {
    if (!this.isLive) return true;
    const { message, handler } = event;
    if (handler instanceof Relay) {
      this.kind.relay(handler, message, (data) => this.send(data));
      return true;
    }
    if (isRevocation(message)) {
      this.#revoke(message);
      return true;
    }
    if (this.#queuedEvents >= this.#maxQueuedEvents) return false;
    this.#queuedEvents += 1;
    // Later: when a handler sends to its own group, the event must not run before that handler has returned.
    this.#queue.pushLater({ kind: "event", event });
    return true;
  }

  write(frame: unknown): void {
    if (this.#phase === "open") this.#socket.write(frame);
    else if (this.#phase === "opening") this.#buffer(frame);
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  // Calls of the queue and the refresher.

  start(task: Task): Promise<void> | undefined {
    const operation = operationOf(task);
    const startedAtMs = handlerStart();
    try {
      const result = this.#dispatch(task);
      if (task.kind !== "connect") this.kind.warnIfBlocked(operation, startedAtMs);
      if (!isPromiseLike(result)) return undefined;
      return Promise.resolve(result).catch((error: unknown) => this.#fail(operation, error));
    } catch (error) {
      this.#fail(operation, error);
      return undefined;
    }
  }

  /** Whether frames can still reach the client, now or after `accept`. */
  get isLive(): boolean {
    return this.#phase === "opening" || this.#phase === "open";
  }

  refuse(denial: Denial): void {
    if (this.#phase === "opening" && !this.hasConnected) this.deny(denial);
    else this.#evict(...closeOf(denial));
  }

  replaceScope(scope: object): void {
    this.#queue.push({ kind: "scope", scope });
  }

  failRefresh(error: unknown): void {
    this.#fail("refresh", error);
  }

  #dispatch(task: Task): Awaitable<void> {
    switch (task.kind) {
      case "connect":
        return this.#connect();
      case "receive":
        this.#dequeue(task.data);
        return this.kind.receive(this.#consumer, task.data);
      case "event":
        this.#queuedEvents -= 1;
        return this.#handleEvent(task.event);
      case "scope":
        return this.#changeScope(task.scope);
      case "disconnect":
        return this.hasConnected ? this.#consumer.disconnect(task.code, task.reason) : undefined;
    }
  }

  #dequeue(data: FrameData): void {
    this.#queuedFrames -= 1;
    this.#queuedBytes -= data.length;
    if (!this.#isPaused || this.#isQueueFull) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  get #isQueueFull(): boolean {
    return this.#queuedFrames >= this.kind.limits.maxQueuedFrames || this.#queuedBytes >= MAX_QUEUED_BYTES;
  }

  async #connect(): Promise<void> {
    if (this.#phase !== "opening") return;
    const { groups } = this.#consumer;
    if (this.scope.subjects.length > 0) this.#refresher = new ScopeRefresher(this);
    const joins = joinSubjects(this.layer, this.channel, this.scope);
    await Promise.all([...joins, ...groups.map((group) => this.layer.groupAdd(group, this.channel))]);
    // Revocations may have missed this connection before it joined the groups of its subjects.
    await this.#refresher?.recheck((fresh) => {
      this.scope = fresh as ConnectionScope;
    });
    if (this.#phase !== "opening") return;
    this.hasConnected = true;
    const startedAtMs = handlerStart();
    const connecting = this.#consumer.connect();
    this.kind.warnIfBlocked("connect", startedAtMs);
    await connecting;
    if (this.#phase !== "opening") return;
    this.deny(new Denial());
    this.kind.report("warning", "connect", new HandshakeNotAnsweredError(this.kind.consumerName));
  }

  #changeScope(scope: object): Awaitable<void> {
    const previous = this.scope;
    this.scope = scope as ConnectionScope;
    return this.#consumer.scopeChanged(previous);
  }

  /** Acts at once, outside the queue: a slow handler must not keep a revoked connection open. */
  #revoke(message: Revocation): void {
    if (message.action === "close") this.#evict(message.code, message.reason);
    else this.#refresher?.refresh();
  }

  /** Ends the connection, even when its consumer is about to accept it. */
  #evict(code: number, reason: string): void {
    if (this.#phase === "open") this.#closeSocket("closing", code, reason);
    else if (this.#phase === "opening") this.#reject(code, reason, new Denial(403, reason));
  }

  /** Ends a connection that its consumer has not accepted. */
  #reject(code: number, reason: string, denial: Denial): void {
    this.close(code, reason);
    this.#socket.deny(denial);
  }

  #handleEvent({ message, handler }: HandledEvent): Awaitable<void> {
    if (this.#phase !== "open") return undefined;
    if (typeof handler === "function") return handler.call(this.#consumer, message);
    this.kind.warnUndeclared(message.type);
    return undefined;
  }

  /** Ends the connection after an error. The consumer's `disconnect` still runs. */
  #fail(operation: string, error: unknown): void {
    if (this.#leaveSignal?.hasCaused(error) === true) return;
    if (error instanceof Denial) {
      const sentence = `${this.kind.consumerName} threw a Denial. Call \`this.deny\` in \`connect\` instead.`;
      this.#fail(operation, new ConfigurationError(sentence, { cause: error }));
      return;
    }
    const isOpening = this.#phase === "opening";
    const { denial, level } = handshakeFailureOf(error);
    const isClientsError = operation === "receive" && error instanceof InvalidNameError;
    if (isOpening && level !== undefined) this.kind.report(level, operation, error);
    else if (!isOpening && !isClientsError) this.kind.report("error", operation, error);
    const [code, reason] = isClientsError ? [1008, INVALID_NAME_REASON] : [1011, "Internal error"];
    this.#queue.clear(({ kind }) => kind === "disconnect");
    if (this.#phase === "open") {
      this.#closeSocket("over", code, reason);
    } else if (isOpening) {
      this.#leave("over");
      this.#socket.deny(denial);
    } else {
      return;
    }
    this.#leaveGroups();
    this.#queue.push({ kind: "disconnect", code, reason });
  }

  /** Keeps a frame until `accept`. Denies a connection that opens slowly while its groups are busy. */
  #buffer(frame: unknown): void {
    const { fanout } = this.kind;
    this.#earlyFrames ??= new EarlyFrames();
    this.#earlyFrames.add(frame, fanout.codec.sizeOf(frame));
    const { count, bytes } = this.#earlyFrames;
    if (count <= this.#maxQueuedEvents && bytes <= fanout.maxBufferedBytes) return;
    this.#earlyFrames = undefined;
    const denial = new Denial(503, "Too many messages arrived before this connection opened; try again.");
    this.#reject(1013, "Too many messages before the connection opened", denial);
  }

  #closeSocket(phase: "closing" | "over", code: number, reason: string): void {
    this.kind.fanout.catchUp(this);
    this.#leave(phase);
    this.#queue.clear();
    this.#socket.close(code, reason);
  }

  /** Enters a phase in which no further frame can reach the client. */
  #leave(phase: Exclude<Phase, "opening" | "open">): void {
    this.#phase = phase;
    this.#refresher?.stop();
    this.#leaveSignal?.abortLater();
  }

  #assertUnanswered(attempt: string): void {
    if (this.#phase === "open" || this.#phase === "denied") throw new HandshakeAnsweredError(attempt);
  }

  #leaveGroups(): void {
    this.channel.close().catch((error: unknown) => this.kind.report("error", "close", error));
  }

  get #maxQueuedEvents(): number {
    return this.kind.limits.maxQueuedEvents ?? this.layer.capacity;
  }
}
