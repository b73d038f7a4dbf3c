/** One connection over HTTP: one long response carries the frames of the server, and requests carry those of the client. */
import { Denial } from "../application/denial.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { ServerSocket, SocketHandler } from "../application/socket.ts";
import type { FrameData } from "../fanout/codec.ts";
import { closingDenial } from "../application/failure.ts";
import type { ServerFanout } from "../fanout/fanout.ts";
import type { HeartbeatTarget } from "../server/heartbeat.ts";
import { closeEvent, connectionEvent, HEARTBEAT } from "./frames.ts";
import { Outgoing } from "./outgoing.ts";

/** The number of posts that may wait for a busy application. */
const MAX_WAITING_POSTS = 16;
/** How long a post may wait. */
const MAX_WAIT_MS = 2_000;

const HEADERS = {
  "Content-Type": "text/event-stream",
  // A compressing proxy would delay events until it has collected enough bytes.
  "Cache-Control": "no-store, no-transform",
  // The same for nginx.
  "X-Accel-Buffering": "no",
};

/** The address and the subjects of a request. */
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
 * The outcome of a post. `taken`: the application has the frame. `foreign`: the
 * connection belongs to another visitor. `gone`: the connection does not exist.
 * `busy`: the application has too many waiting frames. `unknown`: the node with
 * the connection did not answer.
 */
export type Outcome = "taken" | "foreign" | "gone" | "busy" | "unknown";

/** The owner of a socket. */
export interface EventStreamSocketOwner {
  readonly fanout: ServerFanout<Uint8Array>;
  readonly maxBufferedBytes: number;
  readonly closeTimeoutMs: number;
  /** Called when the connection has ended. Its application may still be running. */
  ended(socket: EventStreamSocket, whenIdle: Promise<void>): void;
}

/** One connection over HTTP. */
export class EventStreamSocket implements ServerSocket<Uint8Array>, HeartbeatTarget {
  readonly fanout: ServerFanout<Uint8Array>;
  readonly id: string;
  readonly #opener: Sender;
  readonly #owner: EventStreamSocketOwner;
  readonly #answer = Promise.withResolvers<Response | Denial>();
  #handler: SocketHandler | undefined;
  /** Undefined until the application accepts. */
  #outgoing: Outgoing | undefined;
  #isOver = false;
  #isPaused = false;
  #waiting: { readonly data: FrameData; readonly resolve: (outcome: Outcome) => void }[] = [];

  constructor(owner: EventStreamSocketOwner, id: string, opener: Sender) {
    this.#owner = owner;
    this.fanout = owner.fanout;
    this.id = id;
    this.#opener = opener;
  }

  /** The answer to the request that opens the connection. */
  get answer(): Promise<Response | Denial> {
    return this.#answer.promise;
  }

  /** Opens the handler, unless the request was answered or the client lost meanwhile. */
  open(handler: SocketHandler): void {
    if (this.#isOver) {
      handler.close(1006, "");
      return;
    }
    this.#handler = handler;
    handler.open();
  }

  accept(): void {
    if (this.#isOver) return;
    this.#outgoing = new Outgoing(() => this.lost());
    this.#outgoing.write(connectionEvent(this.id));
    this.#answer.resolve(new Response(this.#outgoing.stream, { headers: HEADERS }));
  }

  deny(denial: Denial): void {
    if (this.#outgoing !== undefined || this.#isOver) return;
    if (denial.closeCode !== undefined) {
      this.accept();
      this.close(denial.closeCode, denial.reason);
      return;
    }
    this.#answer.resolve(denial);
    this.#end(1006, "");
  }

  write(frame: Uint8Array): void {
    if (this.#isOver || this.#outgoing === undefined) return;
    if (this.#outgoing.waitingBytes <= this.#owner.maxBufferedBytes) {
      this.#outgoing.write(frame);
      return;
    }
    // The client does not read, so the waiting bytes would use memory for nothing.
    this.#outgoing.clear();
    this.close(1013, "Too many bytes are waiting; reconnect");
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
    } else if (!this.#isOver) {
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
    while (!this.#isPaused && !this.#isOver) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#handler?.receive(next.data);
      next.resolve("taken");
    }
  }

  /** Called when the client has left. */
  lost(): void {
    // The server still awaits the answer, although the client cannot read it.
    this.#answer.resolve(new Denial(499, "The client left."));
    this.#end(1006, "");
  }

  /** Passes a post to the application. While the application is busy, the post waits. */
  take({ path, subjects, data }: Post): Awaitable<Outcome> {
    if (this.#isOver || path !== this.#opener.path) return "gone";
    if (!this.#opener.subjects.every((subject) => subjects.includes(subject))) return "foreign";
    if (data === undefined) {
      this.close(1005, "");
      return "taken";
    }
    if (this.#isPaused) return this.#wait(data);
    this.#handler?.receive(data);
    return "taken";
  }

  /** Sends a sign of life, unless frames wait. Cuts a client that has received nothing since the last visit. */
  beat(): void {
    if (this.#isOver || this.#outgoing === undefined) return;
    if (this.#outgoing.isStalled()) {
      this.#outgoing.abort();
      this.lost();
    } else if (this.#outgoing.waitingBytes === 0) {
      this.#outgoing.write(HEARTBEAT);
    }
  }

  async #wait(data: FrameData): Promise<Outcome> {
    if (this.#waiting.length >= MAX_WAITING_POSTS) return "busy";
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const waiting = { data, resolve };
    this.#waiting.push(waiting);
    const timer = setTimeout(() => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      resolve("busy");
    }, MAX_WAIT_MS);
    return promise.finally(() => clearTimeout(timer));
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler?.closing();
    for (const { resolve } of this.#waiting) resolve("gone");
    this.#waiting = [];
    this.#owner.ended(this, this.#settle(code, reason));
  }

  /** Later: the application may be running the code that ended the connection. */
  async #settle(code: number, reason: string): Promise<void> {
    await Promise.resolve();
    this.#handler?.close(code, reason);
    await this.#handler?.whenIdle();
  }
}
