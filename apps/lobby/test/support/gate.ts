import { LimitedGate } from "../../src/limits/limited-gate.ts";
import type { Client } from "../../src/limits/gate.ts";
import type { LimitName } from "../../src/limits/limits.ts";
import { RefusalCounts } from "../../src/limits/refusal-counts.ts";
import { parseMessageText } from "../../src/rooms/entry.ts";
import { parseRoomName } from "../../src/rooms/room.ts";
import { Refusal } from "../../src/shared/refusal.ts";
import { MemoryStore } from "./memory-store.ts";

const HOME: Client = { address: "203.0.113.7", isUntrustedProxy: false };

/** The outcome of an attempt: `ok`, or the code of the refusal and its wait. */
export type Outcome = "ok" | readonly [code: string, retryAfterMs: number | undefined];

/** A gate on a clock that the test moves, with a store that keeps what the gate admits. */
export class TestGate {
  nowMs = 1_800_000_000_000;
  readonly store: MemoryStore;
  readonly logged: (readonly [limit: LimitName, refusals: number])[] = [];
  readonly refusals: RefusalCounts = new RefusalCounts((limit, refusals) => this.logged.push([limit, refusals]));
  readonly gate: LimitedGate;

  constructor({ exempt = [], store = new MemoryStore() }: { exempt?: readonly string[]; store?: MemoryStore } = {}) {
    this.store = store;
    const clock = { nowMs: () => this.nowMs };
    this.gate = new LimitedGate({ people: store, rooms: store, clock, refusals: this.refusals, exempt });
  }

  /** Posts a message. */
  async say(id: string, room = "lobby", client: Client = HOME): Promise<Outcome> {
    const author = { id, guestName: id };
    const name = parseRoomName(room);
    try {
      await this.gate.post(author, client, name);
      await this.store.append({ room: name, author, text: parseMessageText("hi"), atMs: this.nowMs });
      return "ok";
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** Changes a name. */
  async rename(id: string, client: Client = HOME): Promise<Outcome> {
    try {
      await this.gate.change({ id, guestName: id }, client);
      return "ok";
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** Opens a connection. @returns The function that ends it, or the refusal. */
  connect(client: Client = HOME): (() => void) | Outcome {
    try {
      return this.gate.connect(client);
    } catch (error) {
      return outcomeOf(error);
    }
  }
}

/** Returns a client with an address. */
export function from(address: string, isUntrustedProxy = false): Client {
  return { address, isUntrustedProxy };
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof Refusal)) throw error;
  return [error.code, error.retryAfterMs];
}
