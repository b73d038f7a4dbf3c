/** Socket.IO, over WebSocket only. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { ready } from "./ready.js";

const http = createServer();
const io = new Server(http, { transports: ["websocket"] });

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
