import {
  JsonWebSocketConsumer,
  type ConsumerContext,
  type ConsumerLimits,
  type InvalidInputCode,
} from "@lobby/channels";
import type { PlainMessage } from "@lobby/protocol";
import { refusalSentence } from "../locale/phrases.ts";
import type { Gate } from "../limits/gate.ts";
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
  /** A valid frame has two values. */
  static readonly limits: ConsumerLimits = { maxJsonSize: 100 };
  static readonly handlers = this.handle({
    async receive({ message, id }) {
      const { room, guest, client } = this.scope;
      try {
        await this.#gate.post(guest, client, room);
        await this.#rooms.post(room, guest, message, id);
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
  readonly #gate: Gate;

  constructor(context: ConsumerContext, rooms: Rooms, gate: Gate) {
    super(context);
    this.#rooms = rooms;
    this.#gate = gate;
  }

  override get groups() {
    return [roomContract.groups.members(this.scope.room)];
  }

  /** Answers a refused frame with an error, or closes the connection of a client that ignores too many of them. */
  #refuse(refused: RefusedFrame, id?: string): void {
    const { code, retryAfterMs } = refused;
    if (!this.#gate.answerRefused(this.scope.guest, this.scope.client)) this.close(1008, "Too many refused frames");
    else this.sendJson({ error: { code, message: refusalSentence(this.scope.phrases, refused), retryAfterMs }, id });
  }
}

function toPlainMessage({ entry, clientMessageId }: EntryAppended): PlainMessage {
  const { text, room, seq, authorId, authorName, atMs } = entry;
  return { message: text, id: clientMessageId, room, seq, author: { id: authorId, name: authorName }, atMs };
}
