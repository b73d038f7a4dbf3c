import { endpointText, type Endpoint } from "./address.ts";
import { openClient, withinTimeout, type Client } from "./redis-client.ts";

/** A connection to one sentinel. It opens with the first question, and again with the first question after a loss. */
export class Sentinel {
  readonly address: string;
  readonly #timeoutMs: number;
  readonly #createClient: () => Client;
  #client: Client | undefined;
  #opened: Promise<void> = Promise.resolve();

  /** @param createClient Returns a client without a connection. */
  constructor(endpoint: Endpoint, timeoutMs: number, createClient: () => Client) {
    this.address = endpointText(endpoint);
    this.#timeoutMs = timeoutMs;
    this.#createClient = createClient;
  }

  /**
   * Asks for the address of a primary.
   * @throws {Error} The reason why the sentinel does not know it, within the time-out.
   */
  async primaryOf(name: string): Promise<Endpoint> {
    const client = this.#client ?? this.#open();
    const opened = this.#opened;
    try {
      const reply = await withinTimeout(client, this.#timeoutMs, async () => {
        await opened;
        return client.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]);
      });
      if (reply === null) throw new Error("it watches no primary of this name");
      const [host, port] = reply as unknown as readonly [string, string];
      return { host, port: Number(port) };
    } catch (error) {
      this.#drop(client);
      // Both wait equally long, and only the opening knows whether TLS may be the reason.
      throw await opened.then(
        () => error,
        (reason: unknown) => reason,
      );
    }
  }

  close(): void {
    if (this.#client !== undefined) this.#drop(this.#client);
  }

  #open(): Client {
    const client = this.#createClient();
    client.on("error", () => this.#drop(client));
    this.#client = client;
    this.#opened = openClient(client, this.address, this.#timeoutMs, () => Promise.resolve());
    // `primaryOf` reports the error.
    this.#opened.catch(() => undefined);
    return client;
  }

  #drop(client: Client): void {
    if (client === this.#client) this.#client = undefined;
    client.destroy();
  }
}
