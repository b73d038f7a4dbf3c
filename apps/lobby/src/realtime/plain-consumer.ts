/** The plain protocol: `/ws/chat/<room>/`, for the tutorial's page, scripts and the browser. */
import { JsonWebSocketConsumer, type ConsumerContext, type InvalidInput } from "@lobby/channels";
import type { PlainMessage } from "@lobby/protocol";
import { Refusal } from "../domain/refusal.ts";
import type { VisitorScope } from "../identity/visitor.ts";
import type { Chat } from "../services/chat.ts";
import type { RoomScope } from "./enter-room.ts";
import { roomContract, type EntryAppended } from "./room-events.ts";

/** One connection to one room. */
export class PlainConsumer extends JsonWebSocketConsumer<typeof roomContract, VisitorScope & RoomScope>(roomContract) {
  static readonly handlers = this.handle({
    async receive({ message, id }) {
      try {
        await this.#chat.post(this.scope.room, this.scope.guest, message, id);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#refuse(error.code, id);
      }
    },
    events: {
      "room.entry": { relay: toPlainMessage },
    },
    invalid({ code }) {
      this.#refuse(code);
    },
  });

  readonly #chat: Chat;

  constructor(context: ConsumerContext, chat: Chat) {
    super(context);
    this.#chat = chat;
  }

  override get groups() {
    return [roomContract.groups.members(this.scope.room)];
  }

  #refuse(code: Refusal["code"] | InvalidInput["code"], id?: string): void {
    this.sendJson({ error: { code, message: this.scope.visitor.messages.refusals[code] }, id });
  }
}

function toPlainMessage({ entry, clientMessageId }: EntryAppended): PlainMessage {
  const { text, room, seq, authorId, authorName, atMs } = entry;
  return { message: text, id: clientMessageId, room, seq, author: { id: authorId, name: authorName }, atMs };
}
