import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A stand-in for a Redis that this machine does not have: an old one, or one that never answers. */
export class FakeRedis {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: (command: string) => string | undefined) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        // Every command is a line that begins with "*", and its arguments.
        for (const command of chunk.toString().split(/^(?=\*)/m)) {
          const reply = answer(command);
          if (reply !== undefined) socket.write(reply);
        }
      });
    });
  }

  /** @param answer Returns the reply to a command in the protocol of Redis; undefined for no reply. */
  static async start(answer: (command: string) => string | undefined): Promise<FakeRedis> {
    const fake = new FakeRedis(answer);
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
