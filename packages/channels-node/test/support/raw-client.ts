/** A client that sends whatever bytes a test wants. */
import { once } from "node:events";
import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { soon, until } from "@lobby/test-support/waiting";
import { parseServerFrames, type ServerFrame } from "./frames.ts";

/** See the head of this file. */
export class RawClient {
  readonly socket: Socket;
  /** Resolves when the connection is over in both directions, however it ended. */
  readonly closed: Promise<void>;
  #received: Buffer = Buffer.alloc(0);

  constructor(t: TestContext, target: NetConnectOpts) {
    this.socket = connect(target);
    this.socket.on("data", (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])));
    // A reset is one of the ways in which a connection ends.
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => this.socket.once("close", () => resolve()));
    t.after(() => this.socket.destroy());
  }

  static async connect(t: TestContext, port: number): Promise<RawClient> {
    const client = new RawClient(t, { port, host: "127.0.0.1" });
    await soon(once(client.socket, "connect"), "a connection");
    return client;
  }

  /** Opens a WebSocket, byte by byte. */
  static async upgrade(t: TestContext, port: number, path: string): Promise<RawClient> {
    const client = await RawClient.connect(t, port);
    client.send(handshake(path));
    await client.head();
    return client;
  }

  /** Everything that came and was not taken. */
  get text(): string {
    return this.#received.toString();
  }

  send(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Takes the head of the answer. */
  async head(): Promise<string> {
    await until(() => this.text.includes("\r\n\r\n"), `the head of an answer, got ${JSON.stringify(this.text)}`);
    const end = this.#received.indexOf("\r\n\r\n") + 4;
    const head = this.#received.subarray(0, end).toString();
    this.#received = this.#received.subarray(end);
    return head;
  }

  /** The frames that came, without taking them. */
  allFrames(): ServerFrame[] {
    return parseServerFrames(this.#received);
  }

  /** The first frames, at least so many, without taking them. */
  async frames(count: number): Promise<ServerFrame[]> {
    await until(() => this.allFrames().length >= count, `${count} frames`);
    return this.allFrames();
  }

  /** Everything until the server ended the connection. */
  async rest(): Promise<string> {
    await soon(this.closed, "the connection to end");
    return this.text;
  }
}

/** The head of a right handshake; headers given replace its own, and `undefined` leaves one out. */
export function handshake(path: string, headers: Readonly<Record<string, string | undefined>> = {}): string {
  return request("GET", path, {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  });
}

/** The head of a request. */
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

/** The code and the reason in a close frame. */
export function closeOf(frame: ServerFrame | undefined): { code: number; reason: string } {
  if (frame?.opcode !== 8) throw new Error(`Expected a close frame, got opcode ${frame?.opcode}.`);
  return { code: frame.payload.readUInt16BE(0), reason: frame.payload.subarray(2).toString() };
}
