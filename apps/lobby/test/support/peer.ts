/** A client of the plain protocol that knows nothing of the server: Node's own WebSocket. */
import { soon, until } from "@lobby/test-support/waiting";
import type { Scene } from "./scene.ts";

/** How a connection ended, as the client saw it. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** What every frame of the plain protocol may have; a test compares what should be there. */
export interface Frame {
  readonly message?: string;
  readonly id?: string;
  readonly room?: string;
  readonly seq?: number;
  readonly author?: { readonly id: string; readonly name: string };
  readonly atMs?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** See the head of this file. */
export class Peer {
  /** Every frame that has come, oldest first. */
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;
  readonly #opened = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<Closed>();
  #taken = 0;

  constructor(scene: Scene, url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#socket = new WebSocket(url, { headers: { ...headers } });
    this.#socket.addEventListener("open", () => this.#opened.resolve());
    this.#socket.addEventListener("message", ({ data }) => this.frames.push(JSON.parse(data as string) as Frame));
    this.#socket.addEventListener("close", ({ code, reason }) => {
      this.#closed.resolve({ code, reason });
      this.#opened.reject(new Error(`${url} was closed with ${code} ${reason}.`));
    });
    this.#opened.promise.catch(() => undefined);
    scene.after(() => this.close());
  }

  /** Resolves when the connection is open. */
  static async open(scene: Scene, url: string, headers?: Readonly<Record<string, string>>): Promise<Peer> {
    const peer = new Peer(scene, url, headers);
    await soon(peer.#opened.promise, `${url} to open`);
    return peer;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  say(message: string): void {
    this.send(JSON.stringify({ message }));
  }

  /** The next frame that was not asked for yet. */
  async next(): Promise<Frame> {
    await until(() => this.frames.length > this.#taken, "a frame");
    this.#taken += 1;
    return this.frames[this.#taken - 1] as Frame;
  }

  /** The next frames. */
  async take(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** The frames that came and were not asked for. */
  get rest(): readonly Frame[] {
    return this.frames.slice(this.#taken);
  }

  /** How the connection ended, once it has. */
  ended(): Promise<Closed> {
    return soon(this.#closed.promise, "the connection to end");
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.ended();
  }
}
