/** A WebSocket client of a test, on `ws`. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { WebSocket, type ClientOptions } from "ws";
import { soon } from "@lobby/test-support/waiting";

/** How a connection ended, as the client saw it. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** What to ask for in the handshake. */
export interface PeerOptions extends ClientOptions {
  readonly subprotocols?: readonly string[];
}

/** See the head of this file. */
export class Peer {
  readonly socket: WebSocket;
  /** The answer to the handshake, once it has come. */
  response: IncomingMessage | undefined;
  readonly closed: Promise<Closed>;
  /** The contents of the pings that came. */
  readonly pings: Buffer[] = [];
  readonly #frames: (string | Buffer)[] = [];
  readonly #takers: ((frame: string | Buffer) => void)[] = [];

  constructor(t: TestContext, url: string, { subprotocols = [], ...options }: PeerOptions = {}) {
    this.socket = new WebSocket(url, [...subprotocols], options);
    this.socket.on("upgrade", (response) => (this.response = response));
    this.socket.on("ping", (content) => this.pings.push(content));
    this.socket.on("message", (data: Buffer, isBinary) => this.#got(isBinary ? data : data.toString()));
    this.closed = new Promise((resolve) => {
      this.socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    // What ends a connection is told by `closed`.
    this.socket.on("error", () => undefined);
    t.after(() => this.socket.terminate());
  }

  /** Resolves when the connection is open. */
  static async open(t: TestContext, url: string, options?: PeerOptions): Promise<Peer> {
    const peer = new Peer(t, url, options);
    await soon(once(peer.socket, "open"), `${url} to open`);
    return peer;
  }

  send(data: string | Uint8Array): void {
    this.socket.send(data);
  }

  /** The next frame: a string for text, bytes for binary. */
  next(): Promise<string | Buffer> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return soon(new Promise((resolve) => this.#takers.push(resolve)), "a frame");
  }

  /** The next frames. */
  async take(count: number): Promise<(string | Buffer)[]> {
    const frames: (string | Buffer)[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** How the connection ended. */
  ended(): Promise<Closed> {
    return soon(this.closed, "the connection to end");
  }

  #got(frame: string | Buffer): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#frames.push(frame);
    else taker(frame);
  }
}

/** An HTTP answer to a handshake that was refused. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Asks for a connection and gets the refusal. */
export async function refused(t: TestContext, url: string, options?: PeerOptions): Promise<Refusal> {
  const peer = new Peer(t, url, options);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    peer.socket.once("unexpected-response", (_request, response) => resolve(response));
    peer.socket.once("open", () => reject(new Error("The connection was accepted.")));
  });
  const response = await soon(answer, "a refusal");
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
