/** A server that makes one mistake with its first client. The environment variable FAULT selects the mistake. */
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

/** The number of the message with the mistake, from 1. */
const FAULTY_MESSAGE = 50;
let isFirst = true;

class RoomConsumer extends WebSocketConsumer<WebSocketScope, { "room.message": { text: string } }> {
  static readonly events: EventTable<RoomConsumer> = {
    "room.message"({ text }) {
      this.deliver(text);
    },
  };

  readonly #isVictim = isFirst;
  #delivered = 0;
  #swapped: string | undefined;

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

  deliver(text: string): void {
    this.#delivered += 1;
    if (this.#isVictim && this.#delivered === FAULTY_MESSAGE) this.#deliverWithFault(text);
    else this.send(text);
    if (this.#delivered === FAULTY_MESSAGE + 1 && this.#swapped !== undefined) this.send(this.#swapped);
  }

  #deliverWithFault(text: string): void {
    switch (process.env["FAULT"]) {
      case "drop":
        return;
      case "double":
        this.send(text);
        this.send(text);
        return;
      case "swap":
        this.#swapped = text;
        return;
      case "damage":
        this.send(text.replace("room", "loom"));
        return;
      case "close":
        this.close(1011, "fault injection");
        return;
      default:
        this.send(text);
    }
  }
}

const application = protocolRouter({ websocket: urlRouter([route("/rooms/:room/", consumer(RoomConsumer))]) });
const server = await serve(application, { listen: { port: 0 } });
ready(Number(new URL(server.url).port));
