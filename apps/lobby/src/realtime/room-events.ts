/** The contract of a room's connections: its frames, its events and the group of its members. */
import {
  anyJson,
  defineContract,
  publisher,
  type ChannelLayer,
  type Publisher,
  type StandardSchema,
} from "@lobby/channels";
import { plainInput, type PlainFrame } from "@lobby/protocol";
import type { Entry } from "../domain/entries.ts";
import type { RoomName } from "../domain/rooms.ts";
import type { Notifier } from "../services/ports.ts";

/** An entry that was committed, with the id that its author's client gave it. */
export interface EntryAppended {
  readonly entry: Entry;
  readonly clientMessageId: string | undefined;
}

/** Only this server sends these values, so the compiler checks them and no schema does. */
const plainFrame = anyJson as StandardSchema<PlainFrame>;
const entryAppended = anyJson as StandardSchema<EntryAppended>;

export const roomContract = defineContract({
  name: "room",
  path: "/ws/chat/:room/",
  client: plainInput,
  server: plainFrame,
  events: { "room.entry": entryAppended },
  groups: { members: (room: RoomName) => room },
});

/** A notifier that sends events to the members of a room. */
export class LayerNotifier implements Notifier {
  readonly #publisher: Publisher<typeof roomContract>;

  constructor(layer: ChannelLayer) {
    this.#publisher = publisher(layer, roomContract);
  }

  appended(entry: Entry, clientMessageId: string | undefined): Promise<void> {
    const event = { type: "room.entry", entry, clientMessageId } as const;
    return this.#publisher.groupSend(roomContract.groups.members(entry.room), event);
  }
}
