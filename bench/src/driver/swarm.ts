/** Many clients in rooms, and what all of them have in common: they come, they go, and none may fail. */
import { setTimeout as delay } from "node:timers/promises";
import { Client, type OnMessages } from "./client.ts";
import { dialects, type Dialect, type DialectName } from "./dialects.ts";
import type { Traffic } from "./traffic.ts";
import { until } from "./until.ts";

/** How many handshakes are under way at the same time. */
const OPENING_AT_ONCE = 100;
/** A source address has some 28,000 ports, shared with connections that ended lately. */
const CLIENTS_PER_ADDRESS = 2_000;
const ADDRESSES = 250;
/** For a server to finish what the last handshake began. */
const SETTLE_MS = 100;

/** Whom to talk to, and how. */
export interface Target {
  readonly dialect: DialectName;
  /** One port per node. */
  readonly ports: readonly number[];
  readonly pids: readonly number[];
}

/** See the head of this file. */
export class Swarm {
  readonly clients: Client[] = [];
  readonly dialect: Dialect;
  readonly #target: Target;
  readonly #fault = Promise.withResolvers<never>();

  constructor(target: Target) {
    this.#target = target;
    this.dialect = dialects[target.dialect];
    // Whoever races against it is told; before and after, nobody may be racing.
    this.#fault.promise.catch(() => undefined);
  }

  /** Ends everything that is raced against it. */
  readonly fail = (fault: Error): void => this.#fault.reject(fault);

  /** @throws {Error} What the first client that failed said, if that comes first. */
  unlessFaulty<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#fault.promise]);
  }

  /** Begins a connection; it is one of `clients` from here on. */
  add(room: string, traffic: Traffic, onMessages: OnMessages, onFault: (fault: Error) => void = this.fail): Client {
    const { ports } = this.#target;
    const number = this.clients.length;
    const client = new Client({
      name: `Client ${number} in ${room}`,
      port: ports[number % ports.length] as number,
      localAddress: localAddress(number),
      dialect: this.dialect,
      room,
      traffic,
      onMessages,
      onFault,
    });
    this.clients.push(client);
    return client;
  }

  /** Opens connections, some at the same time; resolves when all are open. */
  async open(count: number, add: () => Client): Promise<void> {
    let [begun, opened] = [0, 0];
    const line = async (): Promise<void> => {
      while (begun < count) {
        begun += 1;
        await add().opened;
        opened += 1;
      }
    };
    for (let lines = 0; lines < OPENING_AT_ONCE; lines += 1) void line();
    const areOpen = until(
      () => opened === count,
      () => opened,
    );
    if (!(await this.unlessFaulty(areOpen))) throw new Error(`only ${opened} of ${count} connections opened`);
    await this.unlessFaulty(delay(SETTLE_MS));
  }

  /** Closes everything; what a server sends before it answers that is still checked. */
  async close(): Promise<void> {
    let closed = 0;
    for (const client of this.clients) {
      client.close();
      void client.closed.then(() => (closed += 1));
    }
    const count = this.clients.length;
    const areClosed = until(
      () => closed === count,
      () => closed,
    );
    if (!(await this.unlessFaulty(areClosed))) throw new Error(`only ${closed} of ${count} connections closed`);
  }
}

/** Linux answers on all of 127.0.0.0/8, other systems on one address. */
function localAddress(number: number): string {
  if (process.platform !== "linux") return "127.0.0.1";
  return `127.0.0.${1 + (Math.floor(number / CLIENTS_PER_ADDRESS) % ADDRESSES)}`;
}
