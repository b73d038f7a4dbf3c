/** `ws` by itself: a set of clients per room, and a loop. */
import { WebSocket, WebSocketServer } from "ws";
import { ready } from "./ready.js";

const rooms = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });

server.on("connection", (client, request) => {
  if (request.url === "/echo/") {
    client.on("message", (message) => client.send(message, { binary: false }));
    return;
  }
  let room = rooms.get(request.url);
  if (room === undefined) rooms.set(request.url, (room = new Set()));
  room.add(client);
  client.on("message", (message) => {
    for (const member of room) {
      if (member.readyState === WebSocket.OPEN) member.send(message, { binary: false });
    }
  });
  client.on("close", () => room.delete(client));
});

server.on("listening", () => ready(server.address().port));
