import { once } from "node:events";
import type { ChatMessage, SendOutcome } from "./chat-node.ts";

/** A client of the chat that records its messages. */
export class ChatClient {
  readonly name: string;
  readonly received: ChatMessage[] = [];
  /** The outcomes of its own messages, by number. */
  readonly outcomes: Map<number, SendOutcome> = new Map();
  /** The number of its last message. */
  last = 0;
  readonly #socket: WebSocket;
  #timer: NodeJS.Timeout | undefined;

  private constructor(name: string, socket: WebSocket) {
    this.name = name;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data)) as ChatMessage | SendOutcome;
      if ("outcomeOf" in frame) this.outcomes.set(frame.outcomeOf, frame);
      else this.received.push(frame);
    });
  }

  static async connect(name: string, url: string): Promise<ChatClient> {
    const socket = new WebSocket(url);
    const client = new ChatClient(name, socket);
    await once(socket, "open");
    return client;
  }

  /** Sends one message per interval until `stop`. */
  start(intervalMs: number): void {
    this.#timer = setInterval(() => this.send(), intervalMs);
  }

  /** Sends the next message. */
  send(): void {
    this.last += 1;
    this.#socket.send(JSON.stringify({ by: this.name, n: this.last } satisfies ChatMessage));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Returns the outcomes of its messages after this number. */
  outcomesAfter(n: number): string[] {
    return [...this.outcomes.values()].filter(({ outcomeOf }) => outcomeOf > n).map(({ outcome }) => outcome);
  }

  /** Returns the number of the last message that it received from a client. */
  lastOf(name: string): number {
    return this.received.findLast(({ by }) => by === name)?.n ?? 0;
  }

  close(): void {
    this.stop();
    this.#socket.close();
  }
}
