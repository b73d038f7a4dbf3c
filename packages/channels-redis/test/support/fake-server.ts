/** What stands in for servers that cannot be had here: one that never answers, and old ones. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** See the head of this file. */
export class FakeServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: (request: string) => string | undefined) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        // Every command begins a line with "*"; each is answered.
        for (const request of chunk.toString().split(/^(?=\*)/m)) {
          const reply = answer(request);
          if (reply !== undefined) socket.write(reply);
        }
      });
    });
  }

  /** @param answer The reply to a command as it came over the wire; undefined for none. */
  static async start(answer: (request: string) => string | undefined): Promise<FakeServer> {
    const fake = new FakeServer(answer);
    await once(fake.#server.listen(0, "127.0.0.1"), "listening");
    return fake;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
