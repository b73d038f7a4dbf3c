import {
  JsonWebSocketConsumer,
  relayJson,
  type ConsumerContext,
  type EventTable,
  type InvalidInput,
  type StandardSchema,
  type WebSocketScope,
} from "@lobby/channels";
import { plainInput, type PlainError, type PlainInput, type PlainInputCode, type PlainMessage } from "@lobby/protocol";
import type { EntryAppended } from "../rooms/events.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { Refusal, type RefusalCode } from "../shared/refusal.ts";
import type { VisitorScope } from "../visitors/visitor.ts";
import type { RoomScope } from "./enter-room.ts";
import { roomGroup, type RoomEvents } from "./groups.ts";

/** One connection to one room over the plain protocol, which scripts and Lobby's own pages use. */
export class PlainConsumer extends JsonWebSocketConsumer<
  WebSocketScope & VisitorScope & RoomScope,
  RoomEvents,
  PlainInput
> {
  static readonly events: EventTable<PlainConsumer> = {
    "room.entry": relayJson(toPlainMessage),
  };

  readonly #rooms: Rooms;

  constructor(context: ConsumerContext<WebSocketScope & VisitorScope & RoomScope>, rooms: Rooms) {
    super(context);
    this.#rooms = rooms;
  }

  override get schema(): StandardSchema<PlainInput> {
    return plainInput;
  }

  override get groups(): readonly string[] {
    return [roomGroup(this.scope.room)];
  }

  override async receiveJson({ message, id }: PlainInput): Promise<void> {
    try {
      await this.#rooms.post(this.scope.room, this.scope.guest, message, id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error.code, id);
    }
  }

  override receiveInvalid({ code }: InvalidInput): void {
    this.#refuse(code);
  }

  #refuse(code: RefusalCode | PlainInputCode, id?: string): void {
    const frame: PlainError = { error: { code, message: this.scope.visitor.phrases.refusals[code] }, id };
    this.sendJson(frame);
  }
}

function toPlainMessage({ entry, clientMessageId }: EntryAppended): PlainMessage {
  const { text, room, seq, authorId, authorName, atMs } = entry;
  return { message: text, id: clientMessageId, room, seq, author: { id: authorId, name: authorName }, atMs };
}
