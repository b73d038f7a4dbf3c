/** The plain protocol: `/ws/chat/<room>/`, for the tutorial's page, scripts and the browser. */
import {
  JsonWebSocketConsumer,
  relayJson,
  type ConsumerContext,
  type EventTable,
  type InvalidInput,
  type StandardSchema,
  type WebSocketScope,
} from "@lobby/channels";
import { plainInput, type PlainError, type PlainInput, type PlainMessage } from "@lobby/protocol";
import { Refusal } from "../domain/refusal.ts";
import type { VisitorScope } from "../identity/visitor.ts";
import type { Chat } from "../services/chat.ts";
import type { RoomScope } from "./enter-room.ts";
import { roomGroup, type RoomEvents } from "./room-events.ts";

/** One connection to one room. */
export class PlainConsumer extends JsonWebSocketConsumer<
  WebSocketScope & VisitorScope & RoomScope,
  RoomEvents,
  PlainInput
> {
  static readonly events: EventTable<PlainConsumer> = {
    "room.entry": relayJson(toPlainMessage),
  };

  readonly #chat: Chat;

  constructor(context: ConsumerContext<WebSocketScope & VisitorScope & RoomScope>, chat: Chat) {
    super(context);
    this.#chat = chat;
  }

  override get schema(): StandardSchema<PlainInput> {
    return plainInput;
  }

  override get groups(): readonly string[] {
    return [roomGroup(this.scope.room)];
  }

  override async receiveJson({ message, id }: PlainInput): Promise<void> {
    try {
      await this.#chat.post(this.scope.room, this.scope.guest, message, id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error.code, id);
    }
  }

  override receiveInvalid({ code }: InvalidInput): void {
    this.#refuse(code);
  }

  #refuse(code: Refusal["code"] | InvalidInput["code"], id?: string): void {
    const frame: PlainError = { error: { code, message: this.scope.visitor.messages.refusals[code] }, id };
    this.sendJson(frame);
  }
}

function toPlainMessage({ entry, clientMessageId }: RoomEvents["room.entry"]): PlainMessage {
  const { text, room, seq, authorId, authorName, atMs } = entry;
  return { message: text, id: clientMessageId, room, seq, author: { id: authorId, name: authorName }, atMs };
}
