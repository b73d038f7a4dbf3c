import type { ChannelLayer, EventMessage } from "@lobby/channels";
import type { EntryAppended } from "../rooms/events.ts";
import type { RoomNotifier } from "../rooms/ports.ts";
import { roomGroup, type RoomEvents } from "./groups.ts";

/** A notifier that sends events to the groups of a channel layer. */
export class LayerNotifier implements RoomNotifier {
  readonly #layer: ChannelLayer;

  constructor(layer: ChannelLayer) {
    this.#layer = layer;
  }

  entryAppended(appended: EntryAppended): Promise<void> {
    const event: EventMessage<RoomEvents> = { type: "room.entry", ...appended };
    return this.#layer.groupSend(roomGroup(appended.entry.room), event);
  }
}
