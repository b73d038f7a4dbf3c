import { once } from "node:events";
import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { soon, until } from "@lobby/test-support/waiting";
import { parseServerFrames, type ServerFrame } from "./client-frames.ts";

/** A TCP client that sends any bytes. */
export class RawClient {
  readonly socket: Socket;
  /** Resolves once the connection has ended in both directions. */
  readonly closed: Promise<void>;
  #received: Buffer = Buffer.alloc(0);

  constructor(t: TestContext, target: NetConnectOpts) {
    this.socket = connect(target);
    this.socket.on("data", (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])));
    // A reset ends the connection too; `closed` reports it.
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => this.socket.once("close", () => resolve()));
    t.after(() => this.socket.destroy());
  }

  /** Connects to a port of 127.0.0.1, from an address such as 127.0.0.2. */
  static async connect(t: TestContext, port: number, localAddress = "127.0.0.1"): Promise<RawClient> {
    const client = new RawClient(t, { port, host: "127.0.0.1", localAddress });
    await soon(once(client.socket, "connect"), "a connection");
    return client;
  }

  /** Connects, and opens a WebSocket. */
  static async upgrade(t: TestContext, port: number, path: string): Promise<RawClient> {
    const client = await RawClient.connect(t, port);
    client.send(handshake(path));
    await client.head();
    return client;
  }

  /** The received text, without the heads that `head` took. */
  get text(): string {
    return this.#received.toString();
  }

  send(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Takes the head of the next answer. */
  async head(): Promise<string> {
    await until(() => this.text.includes("\r\n\r\n"), `the head of an answer, got ${JSON.stringify(this.text)}`);
    const end = this.#received.indexOf("\r\n\r\n") + 4;
    const head = this.#received.subarray(0, end).toString();
    this.#received = this.#received.subarray(end);
    return head;
  }

  /** Returns the received frames. */
  allFrames(): ServerFrame[] {
    return parseServerFrames(this.#received);
  }

  /** Waits for `count` frames, and returns all received ones. */
  async frames(count: number): Promise<ServerFrame[]> {
    await until(() => this.allFrames().length >= count, `${count} frames`);
    return this.allFrames();
  }

  /** Waits for the end of the connection, and returns the received text. */
  async rest(): Promise<string> {
    await soon(this.closed, "the connection to end");
    return this.text;
  }
}

/** Returns the head of a valid handshake. `headers` replace its own; `undefined` removes one. */
export function handshake(path: string, headers: Readonly<Record<string, string | undefined>> = {}): string {
  return request("GET", path, {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  });
}

/** Returns the head of a request. */
export function request(
  method: string,
  target: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): string {
  const lines = Object.entries({ Host: "127.0.0.1", ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return [`${method} ${target} HTTP/1.1`, ...lines, "", ""].join("\r\n");
}

/** Returns the code and the reason of a close frame. */
export function closeOf(frame: ServerFrame | undefined): { code: number; reason: string } {
  if (frame?.opcode !== 8) throw new Error(`Expected a close frame, got opcode ${frame?.opcode}.`);
  return { code: frame.payload.readUInt16BE(0), reason: frame.payload.subarray(2).toString() };
}
