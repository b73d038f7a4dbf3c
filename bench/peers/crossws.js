/** The server of the peer crossws on Node, with its topics; with a Redis, its experimental sync driver. */
import { createServer } from "node:http";
import crossws from "crossws/adapters/node";
import { redis } from "crossws/sync";
import { createClient } from "redis";
import { ready } from "../src/servers/ready.ts";

const { REDIS_URL } = process.env;
const client = REDIS_URL && (await createClient({ url: REDIS_URL }).connect());

const websocket = crossws({
  sync: client && redis({ client, channel: "bench" }),
  hooks: {
    open(connection) {
      const { pathname } = new URL(connection.request.url);
      if (pathname !== "/echo/") connection.subscribe(pathname);
    },
    message(connection, message) {
      connection.send(message.text());
      for (const room of connection.topics) connection.publish(room, message.text());
    },
  },
});

const http = createServer();
http.on("upgrade", (request, socket, head) => void websocket.handleUpgrade(request, socket, head));
http.listen(0, "127.0.0.1", () => ready(http.address().port));
