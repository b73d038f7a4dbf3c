import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** A proxy that passes HTTP and blocks WebSockets, as some networks do. */
export interface UpgradeBlockingProxy {
  readonly origin: string;
  /** The number of blocked handshakes. */
  readonly blockedHandshakes: number;
  /** Cuts every connection and continues to accept new ones. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a proxy to a server of this machine. */
export async function startUpgradeBlockingProxy(target: string): Promise<UpgradeBlockingProxy> {
  let blockedHandshakes = 0;
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const forwarded = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    outgoing.once("close", () => forwarded.destroy());
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.on("upgrade", (_request, socket) => {
    blockedHandshakes += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get blockedHandshakes(): number {
      return blockedHandshakes;
    },
    cut: () => server.closeAllConnections(),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
