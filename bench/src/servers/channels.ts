/** Our framework: a consumer whose relay sends what its room hears. */
import {
  consumer,
  protocolRouter,
  relay,
  route,
  urlRouter,
  WebSocketConsumer,
  type EventTable,
  type ScopeParams,
  type WebSocketScope,
} from "@lobby/channels";
import { serve } from "@lobby/channels-node";
import { ready } from "./ready.ts";

type RoomScope = WebSocketScope & ScopeParams<"/rooms/:room/">;

class RoomConsumer extends WebSocketConsumer<RoomScope, { "room.message": { text: string } }> {
  static readonly events: EventTable<RoomConsumer> = {
    "room.message": relay(({ text }) => text),
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

const application = protocolRouter({
  websocket: urlRouter([route("/rooms/:room/", consumer(RoomConsumer)), route("/echo/", consumer(EchoConsumer))]),
});

const server = await serve(application, { listen: { port: 0 } });
ready(Number(new URL(server.url).port));
