import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { soon } from "@lobby/test-support/waiting";
import { WebSocket, type ClientOptions } from "ws";

/** The close code and reason of a connection. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** Options of the handshake. */
export interface WireClientOptions extends ClientOptions {
  readonly subprotocols?: readonly string[];
}

/** A WebSocket client on `ws`. */
export class WireClient {
  readonly socket: WebSocket;
  /** The answer to the handshake. */
  response: IncomingMessage | undefined;
  readonly closed: Promise<Closed>;
  /** The contents of the received pings. */
  readonly pings: Buffer[] = [];
  readonly #frames: (string | Buffer)[] = [];
  readonly #waiting: ((frame: string | Buffer) => void)[] = [];

  constructor(t: TestContext, url: string, { subprotocols = [], ...options }: WireClientOptions = {}) {
    this.socket = new WebSocket(url, [...subprotocols], options);
    this.socket.on("upgrade", (response) => (this.response = response));
    this.socket.on("ping", (content) => this.pings.push(content));
    this.socket.on("message", (data: Buffer, isBinary) => this.#receive(isBinary ? data : data.toString()));
    this.closed = new Promise((resolve) => {
      this.socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    // `closed` reports the end of a connection that fails.
    this.socket.on("error", () => undefined);
    t.after(() => this.socket.terminate());
  }

  /** Connects and resolves once the connection is open. */
  static async open(t: TestContext, url: string, options?: WireClientOptions): Promise<WireClient> {
    const client = new WireClient(t, url, options);
    await soon(once(client.socket, "open"), `${url} to open`);
    return client;
  }

  send(data: string | Uint8Array): void {
    this.socket.send(data);
  }

  /** Returns the next frame: a string for text, bytes for binary. */
  next(): Promise<string | Buffer> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return soon(new Promise((resolve) => this.#waiting.push(resolve)), "a frame");
  }

  /** Returns the next `count` frames. */
  async take(count: number): Promise<(string | Buffer)[]> {
    const frames: (string | Buffer)[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** Waits for the end of the connection. */
  ended(): Promise<Closed> {
    return soon(this.closed, "the connection to end");
  }

  #receive(frame: string | Buffer): void {
    const resolve = this.#waiting.shift();
    if (resolve === undefined) this.#frames.push(frame);
    else resolve(frame);
  }
}

/** The HTTP answer to a denied handshake. */
export interface ReceivedDenial {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Sends a handshake and returns the denial. */
export async function receiveDenial(t: TestContext, url: string, options?: WireClientOptions): Promise<ReceivedDenial> {
  const { socket } = new WireClient(t, url, options);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    socket.once("unexpected-response", (_request, response) => resolve(response));
    socket.once("open", () => reject(new Error("The server accepted the connection.")));
  });
  const response = await soon(answer, "a denial");
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
