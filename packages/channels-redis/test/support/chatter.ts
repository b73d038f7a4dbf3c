/** A client of a chat that talks all the time, and remembers what it heard. */
import { once } from "node:events";
import type { Said, Settled } from "./chat-node.ts";

/** See the head of this file. */
export class Chatter {
  readonly name: string;
  readonly heard: Said[] = [];
  /** What became of its own messages, by number. */
  readonly outcomes: Map<number, Settled> = new Map();
  /** The number of the last message it sent. */
  last = 0;
  readonly #socket: WebSocket;
  #timer: NodeJS.Timeout | undefined;

  private constructor(name: string, socket: WebSocket) {
    this.name = name;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const told = JSON.parse(String(data)) as Said | Settled;
      if ("settled" in told) this.outcomes.set(told.settled, told);
      else this.heard.push(told);
    });
  }

  static async connect(name: string, url: string): Promise<Chatter> {
    const socket = new WebSocket(url);
    const chatter = new Chatter(name, socket);
    await once(socket, "open");
    return chatter;
  }

  /** Says one thing every few milliseconds. */
  talk(intervalMs: number): void {
    this.#timer = setInterval(() => this.say(), intervalMs);
  }

  say(): void {
    this.last += 1;
    this.#socket.send(JSON.stringify({ by: this.name, n: this.last } satisfies Said));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The outcomes of what it said after this number. */
  outcomesAfter(n: number): string[] {
    return [...this.outcomes.values()].filter(({ settled }) => settled > n).map(({ outcome }) => outcome);
  }

  /** The last number that it heard of somebody. */
  lastOf(name: string): number {
    return this.heard.findLast(({ by }) => by === name)?.n ?? 0;
  }

  close(): void {
    this.stop();
    this.#socket.close();
  }
}
