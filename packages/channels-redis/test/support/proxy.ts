/** The network between a process and Redis, which a test can let fail. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** See the head of this file. */
export class Proxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isStalled = false;

  private constructor(targetPort: number) {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const pair = new Pair(near, connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true }));
      this.#pairs.add(pair);
      pair.onEnd = () => this.#pairs.delete(pair);
      if (this.#isStalled) pair.stall();
    });
  }

  static async start(targetPort: number): Promise<Proxy> {
    const proxy = new Proxy(targetPort);
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that go through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Nothing gets through any more, in either direction; what is on the way stays there. New connections wait too. */
  stall(): void {
    this.#isStalled = true;
    for (const pair of this.#pairs) pair.stall();
  }

  /** What was on the way arrives, also from connections that one side has given up. */
  resume(): void {
    this.#isStalled = false;
    for (const pair of this.#pairs) pair.resume();
  }

  /** From now on connections work again; what was on the way stays there. */
  pass(): void {
    this.#isStalled = false;
  }

  /** Cuts every connection with a reset. */
  reset(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** One connection of each side. */
class Pair {
  onEnd: () => void = () => undefined;
  readonly #near: Socket;
  readonly #far: Socket;
  #buffered: (() => void)[] | undefined;

  constructor(near: Socket, far: Socket) {
    this.#near = near;
    this.#far = far;
    this.#carry(near, far);
    this.#carry(far, near);
  }

  stall(): void {
    this.#buffered ??= [];
  }

  resume(): void {
    const held = this.#buffered ?? [];
    this.#buffered = undefined;
    for (const act of held) act();
  }

  reset(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
    this.onEnd();
  }

  #carry(from: Socket, to: Socket): void {
    from.on("data", (chunk) => this.#act(() => to.write(chunk)));
    from.on("end", () => this.#act(() => to.end()));
    // A reset is one of the ways in which a connection ends.
    from.on("error", () => this.#act(() => to.destroy()));
    from.on("close", () => {
      if (this.#near.destroyed && this.#far.destroyed) this.onEnd();
    });
  }

  #act(act: () => void): void {
    if (this.#buffered === undefined) act();
    else this.#buffered.push(act);
  }
}
