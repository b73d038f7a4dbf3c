/** The server of the peer `ws`, which the framework uses too: a set of clients per room, and a loop over it. */
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { ready } from "./ready.ts";

const rooms = new Map<string, Set<WebSocket>>();
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });

server.on("connection", (client, { url = "" }) => {
  if (url === "/echo/") {
    client.on("message", (message) => client.send(message, { binary: false }));
    return;
  }
  let room = rooms.get(url);
  if (room === undefined) rooms.set(url, (room = new Set()));
  room.add(client);
  client.on("message", (message) => {
    for (const member of room) {
      if (member.readyState === WebSocket.OPEN) member.send(message, { binary: false });
    }
  });
  client.on("close", () => room.delete(client));
});

server.on("listening", () => ready((server.address() as AddressInfo).port));
