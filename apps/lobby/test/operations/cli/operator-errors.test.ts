import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { FolderLock } from "../../../src/storage/sqlite/folder-lock.ts";
import { runCommand, type Outcome } from "../../support/lobby-command.ts";
import { copyProgram } from "../../support/program-copy.ts";
import { openBeside, openStore } from "../../support/store.ts";

/** A command without this privilege respects the modes of files, even for root. */
const WITHOUT_PRIVILEGE = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override"] : [];

/** Asserts that the command printed only this error, and exited with code 1. */
function assertRefused({ code, stdout, stderr }: Outcome, sentence: string): void {
  const printed = stderr.split("\n").filter((line) => line !== "" && !isLogLine(line));
  assert.deepEqual(printed, [sentence]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
}

function isLogLine(line: string): boolean {
  return line.startsWith("{") && typeof JSON.parse(line) === "object";
}

/** Returns a port on which another server listens. */
async function takenPort(t: TestContext): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("the command prints an error and exits with code 1", { concurrency: 2 }, () => {
  test("when the port is in use", async (t) => {
    const port = await takenPort(t);
    assertRefused(
      await runCommand(["serve", "--port", String(port), "--data", temporaryFolder()]),
      `Cannot listen on 127.0.0.1, port ${port}: another program uses this port. Stop that program, or choose another port with --port.`,
    );
  });

  test("when the data folder cannot be used", async () => {
    const file = path.join(temporaryFolder(), "file");
    await writeFile(file, "");
    assertRefused(
      await runCommand(["serve", "--data", path.join(file, "data")]),
      `Cannot use ${file}/data as the data folder (ENOTDIR). ` +
        "Make it readable and writable for this user, or choose another folder with --data.",
    );
  });

  test("when the database comes from a newer version", async (t) => {
    const folder = temporaryFolder();
    const file = path.join(folder, "lobby.sqlite");
    await (await openStore(t, file)).close();
    const beside = openBeside(t, file);
    beside.exec("INSERT INTO kysely_migration VALUES ('9999-stars', '2030-01-01')");
    beside.close();
    assertRefused(
      await runCommand(["serve", "--port", "0", "--data", folder]),
      "A newer version of Lobby migrated this database. It has 9999-stars, which this version does not know. " +
        "Start the newer version, or restore a backup from before the upgrade.",
    );
  });

  test("when nobody can create the data folder", async () => {
    const { code, stderr } = await runCommand(["serve", "--data", "/proc/lobby/data"]);
    assert.match(stderr, /^Cannot use \/proc\/lobby\/data as the data folder \(E[A-Z]+\)\. .+\n$/);
    assert.equal(code, 1);
  });

  test("when the database or the lock is a read-only file", async (t) => {
    const folder = temporaryFolder();
    await (await openStore(t, path.join(folder, "lobby.sqlite"))).close();
    new FolderLock(folder, path.join(folder, "lobby.sqlite"))[Symbol.dispose]();
    for (const [name, sentence] of [
      [
        "lobby.sqlite",
        `Cannot use ${folder}/lobby.sqlite as the database (attempt to write a readonly database). ` +
          "Make it a SQLite database that this user can write and that no other program locks, " +
          "restore a backup, or choose another data folder with --data.",
      ],
      [
        "lock",
        `Cannot lock ${folder}/lock (attempt to write a readonly database). ` +
          "Make it writable for this user, or delete it when no Lobby is running.",
      ],
    ] as const) {
      await chmod(path.join(folder, name), 0o444);
      assertRefused(
        await runCommand(["serve", "--port", "0", "--data", folder], { through: WITHOUT_PRIVILEGE }),
        sentence,
      );
      await chmod(path.join(folder, name), 0o644);
    }
  });

  test("when the browser client is not built", async () => {
    assertRefused(
      await runCommand(["serve", "--port", "0", "--data", temporaryFolder()], { program: await copyProgram() }),
      "The browser client is not built. Run `npm run build:web` first.",
    );
  });

  test("when a flag is unknown", async () => {
    assertRefused(
      await runCommand(["serve", "--prot", "80"]),
      "Unknown option '--prot'. " +
        "Lobby accepts --host, --port, --data, --public-url, --trust-proxy, --limits, --limits-exempt, each with a value.",
    );
  });

  test("when the command is unknown", async () => {
    assertRefused(
      await runCommand(["__proto__"]),
      'There is no command "__proto__". The commands are serve, migrate, makemigration, help, version.',
    );
  });
});
