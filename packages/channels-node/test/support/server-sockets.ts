import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";

/** Returns a list that collects the server's end of every connection that begins from now on, in order. */
export function watchServerSockets(t: TestContext): readonly Socket[] {
  const sockets: Socket[] = [];
  const collect = (message: unknown): void => {
    sockets.push((message as { readonly socket: Socket }).socket);
  };
  subscribe("net.server.socket", collect);
  t.after(() => unsubscribe("net.server.socket", collect));
  return sockets;
}
