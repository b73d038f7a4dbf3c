/** The server of the peer Bun, with its native publish (uWebSockets). */
import { ready } from "../src/servers/ready.ts";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, server) {
    const { pathname } = new URL(request.url);
    return server.upgrade(request, { data: { room: pathname } }) ? undefined : new Response(null, { status: 400 });
  },
  websocket: {
    open(socket) {
      if (socket.data.room !== "/echo/") socket.subscribe(socket.data.room);
    },
    message(socket, message) {
      if (socket.data.room === "/echo/") socket.send(message);
      else server.publish(socket.data.room, message);
    },
  },
});

ready(server.port);
