/**
 * A process that writes entries until a signal kills it: `writer.ts <database> <room>…`. For each entry it prints a
 * JSON line as soon as the store has acknowledged the entry.
 */
import { parseRoomName } from "../../src/rooms/room.ts";
import { SqliteStore } from "../../src/storage/sqlite/sqlite-store.ts";
import { draft } from "./entry-draft.ts";

const WRITERS_PER_ROOM = 20;

const [file = "", ...rooms] = process.argv.slice(2);
const { store } = await SqliteStore.open(file);

async function write(name: string, writer: number): Promise<never> {
  const room = parseRoomName(name);
  for (let count = 1; ; count += 1) {
    const { seq, text } = await store.append(draft(`${name}, ${writer}, ${count}`, { room }));
    // Waits while the pipe is full, which `writeSync` of `node:fs` does not.
    process.stdout.write(`${JSON.stringify({ room, seq, text })}\n`);
  }
}

await Promise.all(
  rooms.flatMap((room) => Array.from({ length: WRITERS_PER_ROOM }, (_, writer) => write(room, writer))),
);
