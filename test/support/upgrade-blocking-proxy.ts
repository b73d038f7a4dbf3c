/** A network that lets HTTP through and no WebSocket, as some proxies do. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** See the head of this file. */
export interface UpgradeBlockingProxy {
  readonly origin: string;
  /** How often somebody asked for a WebSocket in vain. */
  readonly refusals: number;
  /** Cuts every connection through it, and goes on. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts one in front of a server on this machine. */
export async function startUpgradeBlockingProxy(target: string): Promise<UpgradeBlockingProxy> {
  let refusals = 0;
  const { hostname: host, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const forwarded = request({ host, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    outgoing.once("close", () => forwarded.destroy());
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.on("upgrade", (_request, socket) => {
    refusals += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get refusals(): number {
      return refusals;
    },
    cut: () => server.closeAllConnections(),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
