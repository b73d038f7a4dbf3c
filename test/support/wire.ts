import type { BrowserContext, WebSocketRoute } from "playwright-core";

/** One direction of the wire. */
class Direction {
  /** The treatment of the next frames. */
  mode: "pass" | "hold" | "lose" = "pass";
  /** Changes each text frame. */
  change: (frame: string) => string = (frame) => frame;
  readonly #held: (() => void)[] = [];
  #next = Promise.withResolvers<void>();

  /** Resolves when the next frame arrives, in any mode. */
  get next(): Promise<void> {
    return this.#next.promise;
  }

  /** Treats a frame by the mode. */
  take(frame: string | Buffer, send: (frame: string | Buffer) => void): void {
    const pass = (): void => send(typeof frame === "string" ? this.change(frame) : frame);
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
    if (this.mode === "pass") pass();
    if (this.mode === "hold") this.#held.push(pass);
  }

  /** Passes the held frames and all later ones. */
  release(): void {
    this.mode = "pass";
    for (const pass of this.#held.splice(0)) pass();
  }
}

/** The WebSocket between a page and its server. A test can hold, lose and end it. */
export class Wire {
  readonly toServer: Direction = new Direction();
  readonly toPage: Direction = new Direction();
  /** The number of connections that the page has opened. */
  connections = 0;
  #page: WebSocketRoute | undefined;
  #server: WebSocketRoute | undefined;
  #mended = Promise.resolve();
  #mend = (): void => {};

  /** Intercepts the sockets of the only page that this visitor will open. */
  static async of(context: BrowserContext): Promise<Wire> {
    const wire = new Wire();
    await context.routeWebSocket(/\/ws\//, (page) => wire.#join(page));
    return wire;
  }

  /** Closes the connection, by default as a lost network does. The page gets no new one until `mend`. */
  async cut(code = 1006): Promise<void> {
    ({ promise: this.#mended, resolve: this.#mend } = Promise.withResolvers<void>());
    await Promise.all([this.#page?.close({ code }), this.#server?.close()]);
  }

  /** Lets the page connect again. */
  mend(): void {
    this.#mend();
  }

  async #join(page: WebSocketRoute): Promise<void> {
    this.connections += 1;
    await this.#mended;
    const server = page.connectToServer();
    page.onMessage((frame) => this.toServer.take(frame, (sent) => server.send(sent)));
    server.onMessage((frame) => this.toPage.take(frame, (sent) => page.send(sent)));
    [this.#page, this.#server] = [page, server];
  }
}
