/**
 * A process that does nothing but write: `writer.ts <database> <room>…`. It prints a JSON line for
 * every entry the moment it is acknowledged, and goes on until it is killed.
 */
import { writeSync } from "node:fs";
import { parseRoomName } from "../../src/domain/rooms.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { draft } from "./drafts.ts";

const STANDARD_OUTPUT = 1;
const AT_ONCE = 20;

const [file = "", ...rooms] = process.argv.slice(2);
const { store } = await SqliteStore.open(file);

async function write(name: string, writer: number): Promise<never> {
  const room = parseRoomName(name);
  for (let count = 1; ; count += 1) {
    const { seq, text } = await store.append(draft(`${name}, ${writer}, ${count}`, { room }));
    writeSync(STANDARD_OUTPUT, `${JSON.stringify({ room, seq, text })}\n`);
  }
}

await Promise.all(rooms.flatMap((room) => Array.from({ length: AT_ONCE }, (_, writer) => write(room, writer))));
