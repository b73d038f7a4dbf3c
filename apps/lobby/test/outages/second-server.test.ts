import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { LOBBY } from "../support/entry-draft.ts";
import { runCommand, startServe } from "../support/lobby-command.ts";
import { answerTo, logLines, readiness } from "../support/outage.ts";
import { PlainClient } from "../support/plain-client.ts";

test("a second server is refused on the same folder, also after its lock file was deleted", async (t) => {
  const folder = temporaryFolder();
  const first = await startServe(t, ["--data", folder]);
  const mina = await PlainClient.open(t, `${first.wsOrigin}/ws/chat/${LOBBY}/`);
  assert.equal((await answerTo(mina, "one")).seq, 1);
  await rm(path.join(folder, "lock"));
  for (const attempt of [1, 2]) {
    const second = await runCommand(["serve", "--port", "0", "--data", folder]);
    assert.deepEqual([second.code, second.stdout], [1, ""], `attempt ${attempt}`);
    assert.match(second.stderr, /^Another program has the database .*lobby\.sqlite open, such as a Lobby whose file/m);
  }
  assert.equal((await answerTo(mina, "two")).seq, 2);

  assert.deepEqual(await readiness(first.origin), [200, undefined]);
  const third = await runCommand(["serve", "--port", "0", "--data", folder]);
  assert.match(third.stderr, /^Another Lobby uses the data folder /m);
  first.command.signal("SIGTERM");
  const { stderr } = await first.command.ended();
  assert.deepEqual(
    logLines(stderr, 40).map(({ level, msg }) => [level, msg]),
    [[40, "The file `lock` was deleted or replaced. Lobby has locked the data folder again."]],
  );
  const next = await startServe(t, ["--data", folder]);
  assert.ok((await (await fetch(`${next.origin}/chat/${LOBBY}/`)).text()).includes(">two<"));
});
