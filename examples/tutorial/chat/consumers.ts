import { JsonWebSocketConsumer } from "@lobby/channels";
import { chat } from "./contract.ts";

export class ChatConsumer extends JsonWebSocketConsumer(chat) {
  static readonly handlers = this.handle({
    async receive({ message }) {
      await this.groupSend(this.#room, { type: "chat.message", message });
    },
    events: {
      "chat.message": { relay: ({ message }) => ({ message }) },
    },
  });

  readonly #room = chat.groups.room(this.scope.params.room_name);

  override get groups() {
    return [this.#room];
  }
}
