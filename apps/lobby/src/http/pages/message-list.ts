import { raw } from "hono/html";
import type { Entry } from "../../rooms/entry.ts";
import { textOf, type Html } from "./layout.ts";
import { messageItem } from "./message-item.ts";

/** The largest list of messages in a page, in bytes of HTML. */
const MAX_LIST_BYTES = 49_152;

/** Returns the items of the last messages that fit into a page, oldest first. The last message is always among them. */
export function messageList(entries: readonly Entry[], myId: string): Html {
  const items: string[] = [];
  let bytes = 0;
  for (const entry of entries.toReversed()) {
    const item = textOf(messageItem(entry, entry.authorId === myId));
    bytes += Buffer.byteLength(item);
    if (bytes > MAX_LIST_BYTES && items.length > 0) break;
    items.push(item);
  }
  return raw(items.toReversed().join(""));
}
