/**
 * The framework's server: a room consumer with a relay, and an echo consumer.
 *
 * `npm run bench -- --against` starts this file at other commits too. So its path and its contract stay the same:
 * it takes no arguments, reads REDIS_URL, serves /rooms/:room/ and /echo/, prints "listening on <port>", and
 * collects garbage on SIGUSR2.
 */
import {
  consumer,
  InMemoryChannelLayer,
  protocolRouter,
  route,
  urlRouter,
  WebSocketConsumer,
  type EventTable,
  type ScopeParams,
  type WebSocketScope,
} from "@lobby/channels";
import { serve } from "@lobby/channels-node";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { ready } from "./ready.ts";

type RoomScope = WebSocketScope & ScopeParams<"/rooms/:room/">;

class RoomConsumer extends WebSocketConsumer<RoomScope, { "room.message": { text: string } }> {
  static readonly events: EventTable<RoomConsumer> = {
    "room.message": { relay: ({ text }) => text },
  };

  readonly #group = `room_${this.scope.params.room}`;

  override get groups() {
    return [this.#group];
  }

  override async receive(text: string) {
    await this.groupSend(this.#group, { type: "room.message", text });
  }
}

class EchoConsumer extends WebSocketConsumer {
  override receive(text: string) {
    this.send(text);
  }
}

const { REDIS_URL } = process.env;
const layer =
  REDIS_URL === undefined ? new InMemoryChannelLayer() : await RedisChannelLayer.connect({ url: REDIS_URL });

const application = protocolRouter({
  layer,
  websocket: urlRouter([route("/rooms/:room/", consumer(RoomConsumer)), route("/echo/", consumer(EchoConsumer))]),
});

const server = await serve(application, { listen: { port: 0 } });
ready(Number(new URL(server.url).port));
