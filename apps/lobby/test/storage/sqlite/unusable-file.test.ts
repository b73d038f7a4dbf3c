import assert from "node:assert/strict";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { newDatabaseFile, openBeside, openStore } from "../../support/store.ts";

function refused(file: string, reason: string): object {
  return {
    code: "LOBBY_DATABASE_FILE",
    message:
      `Cannot use ${file} as the database (${reason}). Make it a SQLite database that this user can write and ` +
      "that no other program locks, restore a backup, or choose another data folder with --data.",
  };
}

describe("a store refuses to open", { concurrency: true }, () => {
  test("a file that is not a database", async (t) => {
    const file = newDatabaseFile();
    await writeFile(file, "This is a diary. It has many pages, and none of them is a database. ".repeat(20));
    await assert.rejects(openStore(t, file), refused(file, "file is not a database"));
  });

  test("a folder", async (t) => {
    const file = newDatabaseFile();
    await mkdir(file);
    await assert.rejects(openStore(t, file), refused(file, "unable to open database file"));
  });

  test("a database of another program, and leaves it unchanged", async (t) => {
    const file = newDatabaseFile();
    const other = new DatabaseSync(file);
    other.exec("CREATE TABLE recipes (name TEXT)");
    other.close();
    const before = await readFile(file);
    await assert.rejects(openStore(t, file), refused(file, "it belongs to another program"));
    assert.deepEqual(await readFile(file), before);
  });

  test("a damaged database", async (t) => {
    const file = newDatabaseFile();
    await (await openStore(t, file)).close();
    const damaged = await open(file, "r+");
    // The first page lists the tables, after a file header of 100 bytes.
    await damaged.write(Buffer.alloc(3_000, "x"), 0, 3_000, 100);
    await damaged.close();
    await assert.rejects(openStore(t, file), refused(file, "database disk image is malformed"));
  });

  test("a database that another program keeps locked", async (t) => {
    const file = newDatabaseFile();
    await (await openStore(t, file)).close();
    openBeside(t, file).exec("BEGIN EXCLUSIVE");
    await assert.rejects(openStore(t, file), refused(file, "database is locked"));
  });
});
