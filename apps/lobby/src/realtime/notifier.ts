import { publisher, type ChannelLayer } from "@lobby/channels";
import type { RoomNotifier } from "../rooms/ports.ts";
import { roomContract } from "./room-contract.ts";

/** Returns a notifier that sends events to the groups of a channel layer. */
export function layerNotifier(layer: ChannelLayer): RoomNotifier {
  const events = publisher(layer, roomContract);
  const { members } = roomContract.groups;
  return {
    entryAppended: (appended) => events.groupSend(members(appended.entry.room), { type: "room.entry", ...appended }),
  };
}
