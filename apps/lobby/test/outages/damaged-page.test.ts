import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { parseRoomName } from "../../src/rooms/room.ts";
import { startServe } from "../support/lobby-command.ts";
import { draft } from "../support/entry-draft.ts";
import { assertNotStored, logLines, readiness } from "../support/outage.ts";
import { PlainClient } from "../support/plain-client.ts";
import { openDataFolder } from "../../src/operations/data-folder.ts";
import { openStore } from "../support/store.ts";

const PAGE_BYTES = 4_096;
const DAMAGED = "The database is damaged. Stop Lobby, and restore the data folder from a backup.";

test("a damaged page affects the rooms on it alone, and the log and /readyz name them", async (t) => {
  const folder = temporaryFolder();
  const { databaseFile: file } = await openDataFolder(folder);
  await fill(file);
  await damagePageWith("sad 59 ", file);

  const { command, origin, wsOrigin } = await startServe(t, ["--data", folder, "--limits", "off"]);
  const status = async (room: string): Promise<number> => {
    const response = await fetch(`${origin}/chat/${room}/`);
    await response.text();
    return response.status;
  };
  for (const room of ["happy", "new", "sad", "happy", "sad"])
    assert.equal(await status(room), room === "sad" ? 503 : 200);
  assert.deepEqual(await readiness(origin), [503, `Cannot read the room "sad". ${DAMAGED}`]);

  const [happy, sad] = await Promise.all(
    ["happy", "sad"].map((room) => PlainClient.open(t, `${wsOrigin}/ws/chat/${room}/`)),
  );
  assert.ok(happy && sad);
  // Entries that arrive together share a commit, and the damaged room must not take the others with it.
  for (let count = 0; count < 20; count += 1) {
    sad.say("lost?");
    happy.say("fine");
    assertNotStored(await sad.next());
    assert.equal((await happy.next()).message, "fine");
  }
  command.signal("SIGTERM");
  const { code, stderr } = await command.ended();
  assert.equal(code, 0);
  assert.deepEqual(
    logLines(stderr, 40).map(({ msg }) => msg),
    [`Cannot read the room "sad". ${DAMAGED}`, `Cannot write to the room "sad". ${DAMAGED}`],
  );

  async function fill(database: string): Promise<void> {
    const store = await openStore(t, database);
    for (const room of ["happy", "sad"].map(parseRoomName)) {
      const drafts = Array.from({ length: 60 }, (_, index) => draft(`${room} ${index} ${"a".repeat(300)}`, { room }));
      await Promise.all(drafts.map((one) => store.append(one)));
    }
    await store.close();
  }
});

/** Overwrites the page that contains a text. */
async function damagePageWith(text: string, file: string): Promise<void> {
  const handle = await open(file, "r+");
  const at = (await handle.readFile()).indexOf(text);
  assert.ok(at > 0);
  await handle.write(Buffer.alloc(PAGE_BYTES, "x"), 0, PAGE_BYTES, at - (at % PAGE_BYTES));
  await handle.close();
}
