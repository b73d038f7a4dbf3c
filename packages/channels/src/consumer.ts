/**
 * What runs a consumer: one handler at a time, in the order in which things
 * happened, and an end that always comes. The consumer is what people write;
 * this is the part around it.
 *
 * `disconnect` runs exactly once for every connection whose `connect` ran and
 * did not deny it, whatever went wrong in between.
 *
 * @see Django Channels, `channels.consumer` and `await_many_dispatch`. Differs:
 * `disconnect` runs and groups are left after an error too, and what waits for
 * a connection is bounded.
 */
import {
  Denial,
  isPromiseLike,
  type Awaitable,
  type ConsumerReport,
  type ServerSocket,
  type SocketHandler,
} from "./application.ts";
import type { ConsumerHooks, ConsumerSocket } from "./consumer-hooks.ts";
import { blockedSince } from "./blocking.ts";
import {
  ConfigurationError,
  HandshakeAnsweredError,
  HandshakeUndecidedError,
  NoHandlerError,
  type ChannelsError,
} from "./errors.ts";
import { Relay, type FrameData } from "./events.ts";
import { handshakeFailureOf } from "./failure.ts";
import type { Outlet } from "./fanout.ts";
import type { FanoutLane, LaneSet } from "./fanout-lane.ts";
import type { Channel, ChannelLayer, ChannelMessage, Receiver } from "./layers/layer.ts";
import type { ConsumerAudience } from "./relay-lane.ts";
import { closeOf, isRevocation, subjectGroups, type Revocation } from "./revocation.ts";
import { makeAnew } from "./scope.ts";
import { TinySet } from "./tiny-set.ts";
import { Turns, type TurnTaker } from "./turns.ts";

type Task =
  | { readonly kind: "connect" }
  | { readonly kind: "receive"; readonly data: FrameData }
  | { readonly kind: "event"; readonly message: ChannelMessage }
  | { readonly kind: "scope"; readonly scope: object }
  | { readonly kind: "disconnect"; readonly code: number; readonly reason: string };

/**
 * Opening: the handshake is not answered. Lost: the peer left before it was.
 * Closing: nothing reaches the peer any more, and it is not gone yet. Over: it is gone.
 * In `lost` and `over` the one `disconnect` waits to run, or has run.
 */
type Phase = "opening" | "lost" | "denied" | "open" | "closing" | "over";

/** The running half of one connection. */
export class ConsumerConnection implements ConsumerSocket, SocketHandler, Receiver, Outlet<unknown>, TurnTaker<Task> {
  readonly audience: ConsumerAudience;
  readonly lanes: TinySet<FanoutLane<unknown>> = new TinySet();
  served = 0;
  dirty: LaneSet<unknown> | undefined = undefined;
  isCorked = false;
  readonly channel: Channel;
  readonly layer: ChannelLayer;
  readonly #socket: ServerSocket;
  #consumer!: ConsumerHooks;
  #phase: Phase = "opening";
  hasConnected = false;
  readonly #turns = new Turns<Task>(this);
  #isRefreshing = false;
  /** Whether the scope may have changed since it was last begun to be made. */
  #isStale = false;
  #waitingFrames = 0;
  #waitingEvents = 0;
  /** Frames for a socket that is not accepted yet. */
  #held: unknown[] | undefined;
  /** For handlers that asked for a signal. */
  #parting: AbortController | undefined;

  constructor(socket: ServerSocket, layer: ChannelLayer, audience: ConsumerAudience) {
    this.#socket = socket;
    this.layer = layer;
    this.audience = audience;
    this.channel = layer.newChannel(this);
  }

  /** Makes the consumer, before anything else happens. When that fails, the peer is refused. */
  attach(make: () => ConsumerHooks): void {
    try {
      this.#consumer = make();
    } catch (error) {
      this.#fail("constructor", error);
    }
  }

  // What the consumer does.

  accept(subprotocol: string | undefined): void {
    this.#assertUnanswered("accept the connection");
    if (!this.hasConnected) {
      throw new ConfigurationError(
        `${this.#name} accepted its connection before \`connect\` was called: do it there, and not in the constructor.`,
      );
    }
    if (this.#phase !== "opening") return;
    this.#phase = "open";
    this.#socket.accept(subprotocol);
    for (const frame of this.#held ?? []) this.#socket.write(frame);
    this.#held = undefined;
  }

  deny(denial: Denial): void {
    this.#assertUnanswered("deny the connection");
    if (this.#phase !== "opening" && this.#phase !== "lost") return;
    this.#part("denied");
    this.#turns.forget();
    this.#leaveGroups();
    this.#socket.deny(denial);
  }

  get signal(): AbortSignal {
    this.#parting ??= new AbortController();
    if (!this.#isLive) this.#parting.abort();
    return this.#parting.signal;
  }

  send(data: FrameData): boolean {
    if (!this.#isLive) return false;
    this.audience.fanout.send(this, data);
    // This very frame may have been one too many.
    return this.#isLive;
  }

  end(code: number, reason: string): void {
    if (this.#phase === "open") {
      this.#closeSocket("closing", code, reason);
    } else if (this.#phase === "opening" || this.#phase === "lost") {
      this.deny(new Denial(403, reason === "" ? undefined : reason));
    }
  }

  // What the server says.

  open(): void {
    if (this.#phase !== "over") this.#turns.take({ kind: "connect" });
  }

  receive(data: FrameData): void {
    if (this.#phase !== "open") return;
    this.#waitingFrames += 1;
    this.#turns.take({ kind: "receive", data });
    if (this.#waitingFrames === this.audience.limits.waitingFrames) this.#socket.pause();
  }

  closing(): void {
    if (this.#phase === "open") this.#part("closing");
    else if (this.#phase === "opening") this.close(1006, "");
  }

  close(code: number, reason: string): void {
    if (this.#phase === "denied" || this.#phase === "lost" || this.#phase === "over") return;
    this.#part(this.#phase === "opening" ? "lost" : "over");
    this.#leaveGroups();
    this.#turns.take({ kind: "disconnect", code, reason });
  }

  settled(): Promise<void> {
    return this.#turns.settled();
  }

  // What the layer says.

  deliver(sent: ChannelMessage): boolean {
    if (!this.#isLive) return true;
    const message = this.audience.checked(sent);
    if (message === undefined) return true;
    const handler = this.audience.handlers.get(message.type);
    if (handler instanceof Relay) {
      this.audience.relay(handler, message, (data) => this.send(data));
      return true;
    }
    if (isRevocation(message)) {
      this.#revoke(message);
      return true;
    }
    if (this.#waitingEvents >= this.#maxWaitingEvents) return false;
    this.#waitingEvents += 1;
    // Not at once: a handler that sends to its own group must not overtake this very message.
    this.#turns.takeSoon({ kind: "event", message });
    return true;
  }

  write(frame: unknown): void {
    if (this.#phase === "open") this.#socket.write(frame);
    else if (this.#phase === "opening") this.#hold(frame);
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  // One handler at a time.

  /** Runs one handler. Called by the turns. */
  start(next: Task): Promise<void> | undefined {
    const event = next.kind === "event" ? next.message.type : next.kind;
    const startedAtMs = performance.now();
    try {
      const result = this.#dispatch(next);
      if (next.kind !== "connect") this.#warnIfBlocked(event, startedAtMs);
      if (!isPromiseLike(result)) return undefined;
      return Promise.resolve(result).catch((error: unknown) => this.#fail(event, error));
    } catch (error) {
      this.#fail(event, error);
      return undefined;
    }
  }

  #dispatch(next: Task): Awaitable<void> {
    switch (next.kind) {
      case "connect":
        return this.#connect();
      case "receive":
        this.#waitingFrames -= 1;
        if (this.#waitingFrames === this.audience.limits.waitingFrames - 1) this.#socket.resume();
        return this.#consumer.receiveFrame(next.data);
      case "event":
        this.#waitingEvents -= 1;
        return this.#handleEvent(next.message);
      case "scope":
        return this.#consumer.takeScope(next.scope);
      case "disconnect":
        return this.hasConnected ? this.#consumer.disconnect(next.code, next.reason) : undefined;
    }
  }

  async #connect(): Promise<void> {
    const { scope } = this.#consumer;
    const ofSubjects = subjectGroups(scope);
    const groups = [...ofSubjects, ...this.#consumer.groups];
    await Promise.all(groups.map((group) => this.layer.groupAdd(group, this.channel)));
    if (ofSubjects.length > 0) {
      // What happened to a subject before its group was joined was not heard: look again.
      await this.#refresh((fresh) => this.#consumer.takeScope(fresh));
    }
    if (this.#phase !== "opening") return;
    this.hasConnected = true;
    const startedAtMs = performance.now();
    const connecting = this.#consumer.connect();
    this.#warnIfBlocked("connect", startedAtMs);
    await connecting;
    if (this.#phase !== "opening") return;
    this.deny(new Denial());
    this.#warn("connect", new HandshakeUndecidedError(this.#name));
  }

  /** Not in line with the handlers: one that takes long must not keep somebody in. */
  #revoke(message: Revocation): void {
    if (message.action === "close") this.#expel(message.code, message.reason);
    else
      this.#refresh((scope) => this.#turns.take({ kind: "scope", scope })).catch((error) =>
        this.#fail("refresh", error),
      );
  }

  /** Makes the scope anew. One at a time, or an older answer could come behind a newer one; asked for meanwhile, again. */
  async #refresh(take: (scope: object) => Awaitable<void>): Promise<void> {
    this.#isStale = true;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      while (this.#isStale && this.#isLive) {
        this.#isStale = false;
        const fresh = await makeAnew(this.#consumer.scope);
        if (fresh instanceof Denial) this.#refuse(fresh);
        else if (this.#isLive) await take(fresh);
      }
    } finally {
      this.#isRefreshing = false;
    }
  }

  /** Ends what would not have begun, had this been known. */
  #refuse(denial: Denial): void {
    if (this.#phase === "opening" && !this.hasConnected) this.deny(denial);
    else this.#expel(...closeOf(denial));
  }

  /** Ends the connection although its consumer may be about to accept it. */
  #expel(code: number, reason: string): void {
    if (this.#phase === "open") this.#closeSocket("closing", code, reason);
    else if (this.#phase === "opening") this.#turnAway(code, reason, new Denial(403, reason));
  }

  /** Ends a connection that was never told that it is in. */
  #turnAway(code: number, reason: string, denial: Denial): void {
    this.close(code, reason);
    this.#socket.deny(denial);
  }

  #handleEvent(message: ChannelMessage): Awaitable<void> {
    if (this.#phase !== "open") return undefined;
    const handler = this.audience.handlers.get(message.type);
    if (typeof handler === "function") return handler(this.#consumer, message);
    if (this.audience.unknownTypes.isFirst(message.type))
      this.#warn(message.type, new NoHandlerError(this.#name, message.type));
    return undefined;
  }

  /** Ends the connection for an error; the consumer still gets its `disconnect`. */
  #fail(event: string, error: unknown): void {
    // A handler that ended because its signal said so has not failed.
    if (this.#parting?.signal.aborted === true && error === this.#parting.signal.reason) return;
    const isOpening = this.#phase === "opening";
    const { denial, level } = handshakeFailureOf(error);
    if (!isOpening) this.#report("error", event, error);
    else if (level !== undefined) this.#report(level, event, error);
    this.#turns.forget(({ kind }) => kind === "disconnect");
    if (this.#phase === "open") {
      this.#closeSocket("over", 1011, "Internal error");
    } else if (isOpening) {
      this.#part("over");
      this.#socket.deny(denial);
    } else {
      return;
    }
    this.#leaveGroups();
    this.#turns.take({ kind: "disconnect", code: 1011, reason: "Internal error" });
  }

  /** A connection that takes too long to open while much is said is refused. */
  #hold(frame: unknown): void {
    this.#held ??= [];
    if (this.#held.push(frame) <= this.#maxWaitingEvents) return;
    this.#held = undefined;
    const denial = new Denial(503, "Too much was said before this connection opened; try again.");
    this.#turnAway(1013, "Too much was said before the connection opened", denial);
  }

  #closeSocket(phase: "closing" | "over", code: number, reason: string): void {
    this.audience.fanout.catchUp(this);
    this.#part(phase);
    this.#turns.forget();
    this.#socket.close(code, reason);
  }

  /** Nothing reaches the peer from here on. */
  #part(phase: Exclude<Phase, "opening" | "open">): void {
    this.#phase = phase;
    // Not at once: this may be in the middle of a flush, and whoever listens may publish.
    if (this.#parting !== undefined) queueMicrotask(() => this.#parting?.abort());
  }

  #assertUnanswered(attempt: string): void {
    if (this.#phase === "open" || this.#phase === "denied") throw new HandshakeAnsweredError(attempt);
  }

  /** Whether frames can still reach the peer, now or once it is accepted. */
  get #isLive(): boolean {
    return this.#phase === "opening" || this.#phase === "open";
  }

  #leaveGroups(): void {
    void this.channel.close();
  }

  #warnIfBlocked(event: string, startedAtMs: number): void {
    const blocked = blockedSince(startedAtMs, this.#name, event);
    if (blocked !== undefined) this.#warn(event, blocked);
  }

  #warn(event: string, error: ChannelsError): void {
    this.#report("warning", event, error);
  }

  #report(level: ConsumerReport["level"], event: string, error: unknown): void {
    this.audience.fanout.report({ level, consumer: this.#name, event, error });
  }

  get #maxWaitingEvents(): number {
    return this.audience.limits.waitingEvents ?? this.layer.capacity;
  }

  get #name(): string {
    return this.audience.consumerName;
  }
}
