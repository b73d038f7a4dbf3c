/** One connection over HTTP: what the server says is one long answer, what the client says are requests of their own. */
import { Denial } from "../application/denial.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { ServerSocket, SocketHandler } from "../application/socket.ts";
import type { FrameData } from "../fanout/codec.ts";
import { closingDenial } from "../application/failure.ts";
import type { ServerFanout } from "../fanout/fanout.ts";
import type { HeartbeatTarget } from "../server/heartbeat.ts";
import { closeEvent, connectionEvent, HEARTBEAT } from "./frames.ts";
import { Outgoing } from "./outgoing.ts";

/** Requests that may wait for an application that is busy. */
const MAX_WAITING_POSTS = 16;
/** How long each of them may. */
const MAX_WAIT_MS = 2_000;

const HEADERS = {
  "Content-Type": "text/event-stream",
  // What compresses an answer on its way holds it back until there is enough of it.
  "Cache-Control": "no-store, no-transform",
  // The same in the language of nginx.
  "X-Accel-Buffering": "no",
};

/** Where a request was sent to, and whose it is. */
export interface Sender {
  readonly path: string;
  readonly subjects: readonly string[];
}

/** What a client wants of its connection. */
export interface Post extends Sender {
  /** Undefined closes the connection. */
  readonly data: FrameData | undefined;
}

/**
 * `taken`: the application has it. `foreign`: the connection is somebody
 * else's. `gone`: there is no such connection. `busy`: the application has too
 * much to do. `unknown`: the server that should have it does not answer.
 */
export type Outcome = "taken" | "foreign" | "gone" | "busy" | "unknown";

/** What a socket needs around it. */
export interface EventStreamSocketOwner {
  readonly fanout: ServerFanout<Uint8Array>;
  readonly maxBufferedBytes: number;
  readonly closeTimeoutMs: number;
  /** The connection is over; its application may still be at work. */
  ended(socket: EventStreamSocket, settled: Promise<void>): void;
}

/** See the head of this file. */
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

  constructor(host: EventStreamSocketOwner, id: string, opener: Sender) {
    this.#owner = host;
    this.fanout = host.fanout;
    this.id = id;
    this.#opener = opener;
  }

  /** What the client is answered when it opens the connection. */
  get answer(): Promise<Response | Denial> {
    return this.#answer.promise;
  }

  /** Hands the connection to its application, unless it was answered or lost in the meantime. */
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
    // The client does not read: what waits for it would only be held in vain.
    this.#outgoing.clear();
    this.close(1013, "Too much is waiting; come back");
  }

  cork(): void {
    this.#outgoing?.cork();
  }

  uncork(): void {
    this.#outgoing?.uncork();
  }

  /** Says goodbye and ends the answer. */
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

  /** The client is gone. */
  lost(): void {
    // Nobody is left to read the answer, but somebody may wait for it.
    this.#answer.resolve(new Denial(499, "The client left."));
    this.#end(1006, "");
  }

  /** What the client sent with a request of its own. When the application is busy, it waits in line. */
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

  /** A sign of life, unless there is news anyway. A client that has taken nothing since the last one is gone. */
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

  /** Not at once: the application may be in the middle of what ended the connection. */
  async #settle(code: number, reason: string): Promise<void> {
    await Promise.resolve();
    this.#handler?.close(code, reason);
    await this.#handler?.whenIdle();
  }
}
