import { once } from "node:events";

const DEADLINE_MS = 5000;

/** A WebSocket client of the chat, for tests with a real server. */
export class ChatClient {
  /** Resolves once the connection has ended. */
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

  /** Connects to a room. Rejects when the server denies the connection. */
  static async open(url: string): Promise<ChatClient> {
    const client = new ChatClient(new WebSocket(url));
    const isOpen = once(client.#socket, "open", { signal: AbortSignal.timeout(DEADLINE_MS) });
    const isDenied = client.closed.then(({ code }) => Promise.reject(new Error(`${url} was denied: ${code}.`)));
    await Promise.race([isOpen, isDenied]);
    return client;
  }

  /** Sends a message of the chat. */
  say(message: string): void {
    this.send(JSON.stringify({ message }));
  }

  /** Sends any text. */
  send(text: string): void {
    this.#socket.send(text);
  }

  /** Returns the next frame, parsed. */
  async next(): Promise<unknown> {
    if (this.#frames.length === 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error(`No frame arrived within ${DEADLINE_MS} ms.`)), DEADLINE_MS);
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
