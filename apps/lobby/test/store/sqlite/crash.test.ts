import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { test } from "node:test";
import { parseRoomName } from "../../../src/domain/rooms.ts";
import { newDatabaseFile, openStore } from "../../support/store.ts";
import { soon, until } from "@lobby/test-support/waiting";

const WRITER = path.join(import.meta.dirname, "../../support/writer.ts");
const ROOMS = ["로비", "garden"].map(parseRoomName);

interface Acknowledged {
  readonly room: string;
  readonly seq: number;
  readonly text: string;
}

test("whatever was acknowledged before a kill -9 is there afterwards, in numbers without a hole", async (t) => {
  const file = newDatabaseFile();
  for (const crash of [1, 2]) {
    const before = crash === 1 ? [] : await heads(file);
    const acknowledged = await writeUntilKilled(file, 1_000);
    const store = await openStore(t, file);
    for (const [index, room] of ROOMS.entries()) {
      const entries = await store.latestEntries(room, 1_000_000);
      assert.deepEqual(
        entries.map(({ seq }) => seq),
        entries.map((_, at) => at + 1),
      );
      const ofRoom = acknowledged.filter((one) => one.room === room);
      assert.ok(ofRoom.length > 0);
      for (const { seq, text } of ofRoom) assert.equal(entries[seq - 1]?.text, text);
      assert.equal(Math.min(...ofRoom.map(({ seq }) => seq)), (before[index] ?? 0) + 1);
    }
    await store.close();
  }

  async function heads(database: string): Promise<number[]> {
    const store = await openStore(t, database);
    const entries = await Promise.all(ROOMS.map((room) => store.latestEntries(room, 1)));
    await store.close();
    return entries.map(([last]) => last?.seq ?? 0);
  }
});

/** What a writer was told before it was killed, which is in the middle of its writing. */
async function writeUntilKilled(file: string, count: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, ["--conditions=source", WRITER, file, ...ROOMS], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  let lineCount = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    lineCount += chunk.split("\n").length - 1;
  });
  const closed = once(child, "close");
  try {
    await until(() => child.exitCode !== null || lineCount >= count, `${count} acknowledgements`);
  } finally {
    child.kill("SIGKILL");
  }
  const [code, signal] = (await soon(closed, "the writer to end")) as [number | null, NodeJS.Signals | null];
  assert.deepEqual([code, signal], [null, "SIGKILL"]);
  const lines = output.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Acknowledged);
}
