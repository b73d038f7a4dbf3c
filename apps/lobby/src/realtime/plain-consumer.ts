import { JsonWebSocketConsumer, type ConsumerContext, type InvalidInputCode } from "@lobby/channels";
import type { PlainMessage } from "@lobby/protocol";
import { refusalSentence } from "../locale/phrases.ts";
import type { EntryAppended } from "../rooms/events.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { Refusal, type RefusalCode } from "../shared/refusal.ts";
import { enterRoom } from "./enter-room.ts";
import { roomContract } from "./room-contract.ts";

/** The reason why a frame was refused. */
interface RefusedFrame {
  readonly code: RefusalCode | InvalidInputCode;
  readonly retryAfterMs?: number | undefined;
  readonly subject?: string | undefined;
}

/** One connection to one room over the plain protocol, which scripts and Lobby's own pages use. */
export class PlainConsumer extends JsonWebSocketConsumer(roomContract, { requires: enterRoom }) {
  static readonly handlers = this.handle({
    async receive({ message, id }) {
      try {
        await this.#rooms.post(this.scope.room, this.scope.guest, message, id);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#refuse(error, id);
      }
    },
    events: {
      "room.entry": { relay: toPlainMessage },
    },
    invalid({ code }) {
      this.#refuse({ code });
    },
  });

  readonly #rooms: Rooms;

  constructor(context: ConsumerContext, rooms: Rooms) {
    super(context);
    this.#rooms = rooms;
  }

  override get groups() {
    return [roomContract.groups.members(this.scope.room)];
  }

  #refuse(refused: RefusedFrame, id?: string): void {
    const { code, retryAfterMs } = refused;
    this.sendJson({ error: { code, message: refusalSentence(this.scope.phrases, refused), retryAfterMs }, id });
  }
}

function toPlainMessage({ entry, clientMessageId }: EntryAppended): PlainMessage {
  const { text, room, seq, authorId, authorName, atMs } = entry;
  return { message: text, id: clientMessageId, room, seq, author: { id: authorId, name: authorName }, atMs };
}
