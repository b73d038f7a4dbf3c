import { soon, until } from "@lobby/test-support/waiting";
import type { Cleanup } from "./cleanup.ts";

/** The end of a connection, as the client sees it. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A frame of the plain protocol with every field that it can have. */
export interface Frame {
  readonly message?: string;
  readonly id?: string;
  readonly room?: string;
  readonly seq?: number;
  readonly author?: { readonly id: string; readonly name: string };
  readonly atMs?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly retryAfterMs?: number };
}

/** A client of the plain protocol on Node's own WebSocket. It shares no code with the server. */
export class PlainClient {
  /** Every received frame, oldest first. */
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;
  readonly #opened = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<Closed>();
  #taken = 0;

  constructor(cleanup: Cleanup, url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#socket = new WebSocket(url, { headers: { ...headers } });
    this.#socket.addEventListener("open", () => this.#opened.resolve());
    this.#socket.addEventListener("message", ({ data }) => this.frames.push(JSON.parse(data as string) as Frame));
    this.#socket.addEventListener("close", ({ code, reason }) => {
      this.#closed.resolve({ code, reason });
      this.#opened.reject(new Error(`${url} was closed with ${code} ${reason}.`));
    });
    this.#opened.promise.catch(() => undefined);
    cleanup.after(() => this.close());
  }

  /** Connects, and resolves when the connection is open. */
  static async open(cleanup: Cleanup, url: string, headers?: Readonly<Record<string, string>>): Promise<PlainClient> {
    const client = new PlainClient(cleanup, url, headers);
    await soon(client.#opened.promise, `${url} to open`);
    return client;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  say(message: string): void {
    this.send(JSON.stringify({ message }));
  }

  /** Waits for the next frame, and takes it. */
  async next(): Promise<Frame> {
    await until(() => this.frames.length > this.#taken, "a frame");
    this.#taken += 1;
    return this.frames[this.#taken - 1] as Frame;
  }

  /** Waits for the next frames, and takes them. */
  async take(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** The received frames that no test has taken. */
  get rest(): readonly Frame[] {
    return this.frames.slice(this.#taken);
  }

  /** Resolves when the connection has ended. */
  ended(): Promise<Closed> {
    return soon(this.#closed.promise, "the connection to end");
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.ended();
  }
}
