import { setTimeout as delay } from "node:timers/promises";
import { Client, type OnMessages } from "./load-client.ts";
import { pollUntil } from "./poll-until.ts";
import type { RunningSystem } from "./running-system.ts";
import type { Traffic } from "./traffic.ts";
import { wireProtocols, type WireProtocol } from "./wire-protocol.ts";

const CONCURRENT_HANDSHAKES = 100;
/** A source address has about 28,000 ports, and recently closed connections still occupy theirs. */
const CLIENTS_PER_ADDRESS = 2_000;
const ADDRESSES = 250;
/** Time for a server to finish the work that the last handshake started. */
const SETTLE_MS = 100;

/** All clients of one measurement. The measurement fails when one of them fails. */
export class ClientPool {
  readonly clients: Client[] = [];
  readonly protocol: WireProtocol;
  readonly #system: RunningSystem;
  readonly #fault = Promise.withResolvers<never>();

  constructor(system: RunningSystem) {
    this.#system = system;
    this.protocol = wireProtocols[system.protocol];
    // A fault between two calls of `failFast` must not become an unhandled rejection.
    this.#fault.promise.catch(() => undefined);
  }

  /** Fails the measurement. */
  readonly fail = (fault: Error): void => this.#fault.reject(fault);

  /**
   * Waits for work, and rejects at once when a client fails.
   * @throws {Error} The fault of the first client that failed.
   */
  failFast<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#fault.promise]);
  }

  /** Adds a client and starts its connection. */
  add(room: string, traffic: Traffic, onMessages: OnMessages, onFault: (fault: Error) => void = this.fail): Client {
    const { ports } = this.#system;
    const number = this.clients.length;
    const client = new Client({
      name: `Client ${number} in ${room}`,
      port: ports[number % ports.length] as number,
      localAddress: localAddress(number),
      protocol: this.protocol,
      room,
      traffic,
      onMessages,
      onFault,
    });
    this.clients.push(client);
    return client;
  }

  /**
   * Opens `count` connections, at most 100 at the same time. Resolves once all are open.
   * @throws {Error} When a client fails, or when no connection opens for 15 seconds.
   */
  async open(count: number, add: () => Client): Promise<void> {
    let [started, opened] = [0, 0];
    const openNext = async (): Promise<void> => {
      while (started < count) {
        started += 1;
        await add().opened;
        opened += 1;
      }
    };
    for (let index = 0; index < CONCURRENT_HANDSHAKES; index += 1) void openNext();
    const allOpen = pollUntil(
      () => opened === count,
      () => opened,
    );
    if (!(await this.failFast(allOpen))) throw new Error(`only ${opened} of ${count} connections opened`);
    await this.failFast(delay(SETTLE_MS));
  }

  /**
   * Closes all connections. Clients still check the bytes that arrive before the server's close frame.
   * @throws {Error} When a client fails, or when no connection closes for 15 seconds.
   */
  async close(): Promise<void> {
    let closed = 0;
    for (const client of this.clients) {
      client.close();
      void client.closed.then(() => (closed += 1));
    }
    const count = this.clients.length;
    const allClosed = pollUntil(
      () => closed === count,
      () => closed,
    );
    if (!(await this.failFast(allClosed))) throw new Error(`only ${closed} of ${count} connections closed`);
  }
}

/** Returns a source address. On Linux all of 127.0.0.0/8 is loopback, on other systems only 127.0.0.1. */
function localAddress(number: number): string {
  if (process.platform !== "linux") return "127.0.0.1";
  return `127.0.0.${1 + (Math.floor(number / CLIENTS_PER_ADDRESS) % ADDRESSES)}`;
}
