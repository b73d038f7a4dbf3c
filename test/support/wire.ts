/** The WebSocket between a page and its server, in the hands of a test: it can hold, lose and end what goes over it. */
import type { BrowserContext, WebSocketRoute } from "playwright-core";

/** One direction of the wire. */
class GroupMembers {
  /** What happens to the frames that come from now on. */
  mode: "pass" | "hold" | "lose" = "pass";
  readonly #held: (() => void)[] = [];
  #next = Promise.withResolvers<void>();

  /** Resolves when the next frame comes, whatever happens to it. */
  get next(): Promise<void> {
    return this.#next.promise;
  }

  take(pass: () => void): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
    if (this.mode === "pass") pass();
    if (this.mode === "hold") this.#held.push(pass);
  }

  /** Lets through what was held, and everything that comes. */
  release(): void {
    this.mode = "pass";
    for (const pass of this.#held.splice(0)) pass();
  }
}

/** See the head of this file. */
export class Wire {
  readonly toServer: GroupMembers = new GroupMembers();
  readonly toPage: GroupMembers = new GroupMembers();
  /** How many connections the page has asked for. */
  connections = 0;
  #page: WebSocketRoute | undefined;
  #server: WebSocketRoute | undefined;
  #mended = Promise.resolve();
  #mend = (): void => {};

  /** Takes hold of the sockets of the one page that this visitor is going to open. */
  static async of(context: BrowserContext): Promise<Wire> {
    const wire = new Wire();
    await context.routeWebSocket(/\/ws\//, (page) => wire.#join(page));
    return wire;
  }

  /** Ends the connection, by default as a lost network does; the page gets no other one until `mend`. */
  async cut(code = 1006): Promise<void> {
    ({ promise: this.#mended, resolve: this.#mend } = Promise.withResolvers<void>());
    await Promise.all([this.#page?.close({ code }), this.#server?.close()]);
  }

  mend(): void {
    this.#mend();
  }

  async #join(page: WebSocketRoute): Promise<void> {
    this.connections += 1;
    await this.#mended;
    const server = page.connectToServer();
    page.onMessage((frame) => this.toServer.take(() => server.send(frame)));
    server.onMessage((frame) => this.toPage.take(() => page.send(frame)));
    [this.#page, this.#server] = [page, server];
  }
}
