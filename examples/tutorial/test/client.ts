/** A WebSocket client of the chat, for tests with a real server. */
import { once } from "node:events";

const DEADLINE_MS = 5000;

export class ChatClient {
  /** Resolves when the connection is over. */
  readonly closed: Promise<CloseEvent>;
  readonly #socket: WebSocket;
  readonly #frames: string[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = once(socket, "close").then(([event]) => event as CloseEvent);
    socket.addEventListener("message", ({ data }) => {
      this.#frames.push(String(data));
      this.#wake();
    });
  }

  /** Rejects when the server refuses the connection. */
  static async open(url: string): Promise<ChatClient> {
    const client = new ChatClient(new WebSocket(url));
    const isOpen = once(client.#socket, "open", { signal: AbortSignal.timeout(DEADLINE_MS) });
    const isRefused = client.closed.then(({ code }) => Promise.reject(new Error(`${url} was refused: ${code}.`)));
    await Promise.race([isOpen, isRefused]);
    return client;
  }

  say(message: string): void {
    this.send(JSON.stringify({ message }));
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** The next frame, parsed. */
  async next(): Promise<unknown> {
    if (this.#frames.length === 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error(`No frame came within ${DEADLINE_MS} ms.`)), DEADLINE_MS);
      this.#wake = resolve;
      await promise.finally(() => clearTimeout(timer));
    }
    return JSON.parse(this.#frames.shift() ?? "");
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}
