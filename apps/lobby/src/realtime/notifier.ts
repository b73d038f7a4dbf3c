import { publisher, type ChannelLayer, type Publisher } from "@lobby/channels";
import type { EntryAppended } from "../rooms/events.ts";
import type { RoomNotifier } from "../rooms/ports.ts";
import { roomContract } from "./room-contract.ts";

/** A notifier that sends events to the groups of a channel layer. */
export class LayerNotifier implements RoomNotifier {
  readonly #publisher: Publisher<typeof roomContract>;

  constructor(layer: ChannelLayer) {
    this.#publisher = publisher(layer, roomContract);
  }

  entryAppended(appended: EntryAppended): Promise<void> {
    const event = { type: "room.entry", ...appended } as const;
    return this.#publisher.groupSend(roomContract.groups.members(appended.entry.room), event);
  }
}
