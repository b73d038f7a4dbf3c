/** What travels between the members of a room, and under which name. */
import type { ChannelLayer, EventMessage } from "@lobby/channels";
import type { Entry } from "../domain/entries.ts";
import type { RoomName } from "../domain/rooms.ts";
import type { Notifier } from "../services/ports.ts";

/** The events of a room's group. */
export interface RoomEvents {
  "room.entry": { readonly entry: Entry; readonly clientMessageId: string | undefined };
}

/** The group of everybody who is in a room. */
export function roomGroup(room: RoomName): string {
  return `room.${room}`;
}

/** Tells the members of a room through the channel layer. */
export class LayerNotifier implements Notifier {
  readonly #layer: ChannelLayer;

  constructor(layer: ChannelLayer) {
    this.#layer = layer;
  }

  appended(entry: Entry, clientMessageId: string | undefined): Promise<void> {
    const event: EventMessage<RoomEvents> = { type: "room.entry", entry, clientMessageId };
    return this.#layer.groupSend(roomGroup(entry.room), event);
  }
}
