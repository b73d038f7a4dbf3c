/** The server of the peer Socket.IO, over WebSocket only; with a Redis, its Redis adapter. */
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { ready } from "../src/servers/ready.ts";

const { REDIS_URL } = process.env;
const http = createServer();
const io = new Server(http, { transports: ["websocket"] });

if (REDIS_URL) {
  const publisher = await createClient({ url: REDIS_URL }).connect();
  const subscriber = await publisher.duplicate().connect();
  io.adapter(createAdapter(publisher, subscriber));
}

io.on("connection", (socket) => {
  const { room } = socket.handshake.query;
  if (room === "echo") {
    socket.on("message", (message) => socket.emit("message", message));
    return;
  }
  void socket.join(room);
  socket.on("message", (message) => io.to(room).emit("message", message));
});

http.listen(0, "127.0.0.1", () => ready(http.address().port));
