import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A TCP proxy whose network can fail. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<SocketPair>();
  #isStalled = false;

  private constructor(targetPort: number) {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const pair = new SocketPair(near, connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true }));
      this.#pairs.add(pair);
      pair.onEnd = () => this.#pairs.delete(pair);
      if (this.#isStalled) pair.stall();
    });
  }

  /** Starts a proxy to a port of this machine. */
  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Holds all data in both directions, also of new connections. */
  stall(): void {
    this.#isStalled = true;
    for (const pair of this.#pairs) pair.stall();
  }

  /** Delivers the held data, also of connections that one side has closed, and stops holding. */
  resume(): void {
    this.#isStalled = false;
    for (const pair of this.#pairs) pair.resume();
  }

  /** Passes the data of new connections. The stalled connections stay stalled. */
  passNewConnections(): void {
    this.#isStalled = false;
  }

  /** Resets every connection. */
  reset(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** The two sockets of one proxied connection. */
class SocketPair {
  onEnd: () => void = () => undefined;
  readonly #near: Socket;
  readonly #far: Socket;
  #held: (() => void)[] | undefined;

  constructor(near: Socket, far: Socket) {
    this.#near = near;
    this.#far = far;
    this.#forward(near, far);
    this.#forward(far, near);
  }

  stall(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const act of held) act();
  }

  reset(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
    this.onEnd();
  }

  #forward(from: Socket, to: Socket): void {
    from.on("data", (chunk) => this.#act(() => to.write(chunk)));
    from.on("end", () => this.#act(() => to.end()));
    // A reset of one side destroys the other.
    from.on("error", () => this.#act(() => to.destroy()));
    from.on("close", () => {
      if (this.#near.destroyed && this.#far.destroyed) this.onEnd();
    });
  }

  #act(act: () => void): void {
    if (this.#held === undefined) act();
    else this.#held.push(act);
  }
}
