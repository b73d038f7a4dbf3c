/** A connection over HTTP. A long response carries the frames of the server, and requests carry those of the client. */
import { SLOW_CLIENT_CODE, SLOW_CLIENT_REASON } from "../application/close-codes.ts";
import { Denial } from "../application/denial.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { ServerSocket, SocketHandler } from "../application/socket.ts";
import type { FrameData } from "../fanout/codec.ts";
import { closingDenial } from "../application/failure.ts";
import type { ServerFanout } from "../fanout/fanout.ts";
import { BufferGuard } from "../server/buffer-guard.ts";
import type { HeartbeatTarget } from "../server/heartbeat.ts";
import { closeEvent, connectionEvent, HEARTBEAT } from "./frames.ts";
import { Outgoing } from "./outgoing.ts";

/** The number of posts that may wait for a busy application. */
const MAX_QUEUED_POSTS = 16;
/** The size of the waiting posts at which the connection refuses further ones. The last post may exceed it. */
const MAX_QUEUED_BYTES = 65_536;
/** The longest wait of a post for a busy application. */
const MAX_WAIT_MS = 2_000;

const HEADERS = {
  "Content-Type": "text/event-stream",
  // A compressing proxy would delay events until it has collected enough bytes.
  "Cache-Control": "no-store, no-transform",
  // Turns off the buffering of nginx.
  "X-Accel-Buffering": "no",
};

/** The path and the subjects of a request, by which a connection recognises its visitor. */
export interface Sender {
  readonly path: string;
  readonly subjects: readonly string[];
}

/** One post of a client to its connection. */
export interface Post extends Sender {
  /** The frame; undefined closes the connection. */
  readonly data: FrameData | undefined;
}

/**
 * The outcome of a post. `taken`: the application received the frame. `foreign`: the connection belongs to another
 * visitor. `gone`: the connection does not exist. `busy`: too many frames wait for the application. `unknown`: the node
 * of the connection did not answer.
 */
export type Outcome = "taken" | "foreign" | "gone" | "busy" | "unknown";

/** The owner of sockets, with the parts that they share. */
export interface EventStreamSocketOwner {
  readonly fanout: ServerFanout<Uint8Array>;
  readonly maxBufferedBytes: number;
  readonly closeTimeoutMs: number;
  /** Called once the connection has ended. `whenIdle` resolves once its application has finished. */
  ended(socket: EventStreamSocket, whenIdle: Promise<void>): void;
}

/** A connection over HTTP. */
export class EventStreamSocket implements ServerSocket<Uint8Array>, HeartbeatTarget {
  readonly fanout: ServerFanout<Uint8Array>;
  readonly id: string;
  readonly #opener: Sender;
  readonly #owner: EventStreamSocketOwner;
  readonly #answer = Promise.withResolvers<Response | Denial>();
  #handler: SocketHandler | undefined;
  /** Undefined until the application accepts. */
  #outgoing: Outgoing | undefined;
  #guard: BufferGuard | undefined;
  #hasEnded = false;
  #isPaused = false;
  #queuedPosts: { readonly data: FrameData; readonly resolve: (outcome: Outcome) => void }[] = [];

  constructor(owner: EventStreamSocketOwner, id: string, opener: Sender) {
    this.#owner = owner;
    this.fanout = owner.fanout;
    this.id = id;
    this.#opener = opener;
  }

  /** Resolves with the answer to the request that opens the connection. */
  get answer(): Promise<Response | Denial> {
    return this.#answer.promise;
  }

  /** Opens the application's handler. Closes it with 1006 instead when the connection has ended. */
  open(handler: SocketHandler): void {
    if (this.#hasEnded) {
      handler.close(1006, "");
      return;
    }
    this.#handler = handler;
    handler.open();
  }

  accept(): void {
    if (this.#hasEnded) return;
    this.#outgoing = new Outgoing(() => this.lost());
    this.#outgoing.write(connectionEvent(this.id));
    this.#answer.resolve(new Response(this.#outgoing.stream, { headers: HEADERS }));
  }

  deny(denial: Denial): void {
    if (this.#outgoing !== undefined || this.#hasEnded) return;
    if (denial.closeCode !== undefined) {
      this.accept();
      this.close(denial.closeCode, denial.reason);
      return;
    }
    this.#answer.resolve(denial);
    this.#end(1006, "");
  }

  write(frame: Uint8Array): void {
    if (this.#hasEnded || this.#outgoing === undefined) return;
    const { waitingBytes } = this.#outgoing;
    if (waitingBytes > 0) this.#guard ??= this.#newGuard();
    if (this.#guard?.isExceeded(waitingBytes, this.fanout.turn) === true) this.#closeSlow();
    else this.#outgoing.write(frame);
  }

  get bufferedBytes(): number {
    return this.#outgoing?.bufferedBytes ?? 0;
  }

  drained(): Promise<void> {
    return this.#outgoing?.drained() ?? Promise.resolve();
  }

  cork(): void {
    this.#outgoing?.cork();
  }

  uncork(): void {
    this.#outgoing?.uncork();
  }

  /** Sends the close event and ends the response. */
  close(code: number, reason: string): void {
    if (this.#outgoing === undefined) {
      this.deny(closingDenial());
    } else if (!this.#hasEnded) {
      this.#outgoing.write(closeEvent(code, reason));
      this.#outgoing.end(this.#owner.closeTimeoutMs);
      this.#end(code, reason);
    }
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    while (!this.#isPaused && !this.#hasEnded) {
      const next = this.#queuedPosts.shift();
      if (next === undefined) return;
      this.#handler?.receive(next.data);
      next.resolve("taken");
    }
  }

  /** Ends the connection with 1006, because the client has left. */
  lost(): void {
    // The server still awaits the answer, although the client cannot read it.
    this.#answer.resolve(new Denial(499, "The client left."));
    this.#end(1006, "");
  }

  /** Passes a post to the application, or queues it while the application is busy. Returns the outcome. */
  take({ path, subjects, data }: Post): Awaitable<Outcome> {
    if (this.#hasEnded || path !== this.#opener.path) return "gone";
    if (!this.#opener.subjects.every((subject) => subjects.includes(subject))) return "foreign";
    if (data === undefined) {
      this.close(1005, "");
      return "taken";
    }
    if (this.#isPaused) return this.#enqueue(data);
    this.#handler?.receive(data);
    return "taken";
  }

  /** Sends a heartbeat, unless bytes wait. Cuts a client that has received none of its waiting bytes since the last call. */
  beat(): void {
    if (this.#hasEnded || this.#outgoing === undefined) return;
    if (this.#outgoing.isStalled()) {
      this.#outgoing.abort();
      this.lost();
    } else if (this.#outgoing.waitingBytes === 0) {
      this.#outgoing.write(HEARTBEAT);
    }
  }

  #newGuard(): BufferGuard {
    const { maxBufferedBytes } = this.#owner;
    return new BufferGuard(maxBufferedBytes, this.fanout.turn, () => {
      if (!this.#hasEnded && this.bufferedBytes > maxBufferedBytes) this.#closeSlow();
    });
  }

  /** Drops the waiting bytes, because the client does not read them, and closes the connection. */
  #closeSlow(): void {
    this.#outgoing?.clear();
    this.close(SLOW_CLIENT_CODE, SLOW_CLIENT_REASON);
  }

  async #enqueue(data: FrameData): Promise<Outcome> {
    const queuedBytes = this.#queuedPosts.reduce((bytes, post) => bytes + post.data.length, 0);
    if (this.#queuedPosts.length >= MAX_QUEUED_POSTS || queuedBytes >= MAX_QUEUED_BYTES) return "busy";
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const waiting = { data, resolve };
    this.#queuedPosts.push(waiting);
    const timer = setTimeout(() => {
      this.#queuedPosts = this.#queuedPosts.filter((other) => other !== waiting);
      resolve("busy");
    }, MAX_WAIT_MS);
    return promise.finally(() => clearTimeout(timer));
  }

  #end(code: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#guard?.stop();
    this.#handler?.closing();
    for (const { resolve } of this.#queuedPosts) resolve("gone");
    this.#queuedPosts = [];
    this.#owner.ended(this, this.#closeHandler(code, reason));
  }

  /** Closes the handler in a later microtask, because the handler itself may have ended the connection. */
  async #closeHandler(code: number, reason: string): Promise<void> {
    await Promise.resolve();
    this.#handler?.close(code, reason);
    await this.#handler?.whenIdle();
  }
}
