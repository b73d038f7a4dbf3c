/** A raw connection to the server under attack. */
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "@lobby/test-support/random";

/** The server under attack, and the address from which one attacker comes. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly localAddress: string;
}

/** An attack: a bounded piece of work that never rejects. */
export type Attack = (target: Target, random: Random) => Promise<void>;

/** A TCP connection that ignores its errors: the server may cut an attacker at any time. */
export class Connection {
  readonly socket: Socket;
  /** The first bytes that the server has sent, as Latin-1 text. */
  received = "";
  /** Resolves when the connection has closed. */
  readonly closed: Promise<void>;

  constructor({ host, port, localAddress }: Target) {
    this.socket = connect({ host, port, localAddress, allowHalfOpen: true });
    this.socket.on("error", () => undefined);
    this.socket.on("data", (bytes) => {
      if (this.received.length < 65_536) this.received += bytes.toString("latin1");
    });
    this.closed = new Promise((resolve) => void this.socket.once("close", () => resolve()));
  }

  /** Sends bytes. Resolves when the system has taken them, or the connection has closed. */
  async send(data: string | Uint8Array): Promise<void> {
    if (this.socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.write(data, () => resolve());
    await Promise.race([promise, this.closed]);
  }

  /** Waits for the end of the connection, at most for a time, and then cuts it. */
  async end(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.socket.destroy(), withinMs);
    await this.closed;
    clearTimeout(timer);
  }

  /** Opens the WebSocket of a room. Returns false when the server refused it. */
  async upgrade(path: string, headers: Readonly<Record<string, string>> = {}): Promise<boolean> {
    const lines = Object.entries({
      Host: "127.0.0.1",
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    await this.send(Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"));
    const deadlineMs = performance.now() + 5_000;
    while (!this.received.includes("\r\n\r\n") && !this.socket.destroyed && performance.now() < deadlineMs) {
      await delay(5);
    }
    return this.received.startsWith("HTTP/1.1 101");
  }
}

/** Returns a client's frame (RFC 6455 §5.2), masked with zeros. */
export function frame(firstByte: number, payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload as string);
  const { length } = bytes;
  const header =
    length < 126
      ? Buffer.of(firstByte, 0x80 | length)
      : length < 65_536
        ? Buffer.of(firstByte, 0xfe, length >> 8, length & 0xff)
        : Buffer.concat([Buffer.of(firstByte, 0xff, 0, 0, 0, 0), uint32(length)]);
  return Buffer.concat([header, Buffer.alloc(4), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
