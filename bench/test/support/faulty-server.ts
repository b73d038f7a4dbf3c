/** A server that makes one mistake with one of its clients: FAULT says which. */
import {
  consumer,
  protocolRouter,
  route,
  urlRouter,
  WebSocketConsumer,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { serve } from "@lobby/channels-node";
import { ready } from "../../src/servers/ready.ts";

/** The message with which it happens, and the client: the first of all. */
const FATEFUL_MESSAGE = 50;
let isFirst = true;

class RoomConsumer extends WebSocketConsumer<WebSocketScope, { "room.message": { text: string } }> {
  static readonly events: EventTable<RoomConsumer> = {
    "room.message"({ text }) {
      this.hear(text);
    },
  };

  readonly #isVictim = isFirst;
  #heard = 0;
  #held: string | undefined;

  override get groups() {
    return ["room"];
  }

  override connect() {
    isFirst = false;
    this.accept();
  }

  override async receive(text: string) {
    await this.groupSend("room", { type: "room.message", text });
  }

  hear(text: string): void {
    this.#heard += 1;
    if (this.#isVictim && this.#heard === FATEFUL_MESSAGE) this.#err(text);
    else this.send(text);
    if (this.#heard === FATEFUL_MESSAGE + 1 && this.#held !== undefined) this.send(this.#held);
  }

  #err(text: string): void {
    switch (process.env["FAULT"]) {
      case "drop":
        return;
      case "double":
        this.send(text);
        this.send(text);
        return;
      case "swap":
        this.#held = text;
        return;
      case "damage":
        this.send(text.replace("room", "loom"));
        return;
      case "close":
        this.close(1011, "out of sorts");
        return;
      default:
        this.send(text);
    }
  }
}

const application = protocolRouter({ websocket: urlRouter([route("/rooms/:room/", consumer(RoomConsumer))]) });
const server = await serve(application, { listen: { port: 0 } });
ready(Number(new URL(server.url).port));
