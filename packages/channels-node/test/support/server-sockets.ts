/** The server's ends of the connections of a test, to look at what waits in them. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";

/** The server's end of every connection that begins from here on, in order. */
export function watchServerSockets(t: TestContext): readonly Socket[] {
  const sockets: Socket[] = [];
  const collect = (message: unknown): void => {
    sockets.push((message as { readonly socket: Socket }).socket);
  };
  subscribe("net.server.socket", collect);
  t.after(() => unsubscribe("net.server.socket", collect));
  return sockets;
}
