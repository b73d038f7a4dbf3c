import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { makeMigration } from "../../src/cli/makemigration.ts";
import { MIGRATIONS_FOLDER } from "../../src/store/migrations-folder.ts";
import { runCommand } from "../support/command.ts";
import { copyProgram } from "../support/program-copy.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

const ALL = (await readdir(MIGRATIONS_FOLDER)).map((file) => path.parse(file).name).toSorted();

test("migrating says what it did, and the second time that there is nothing to do", async () => {
  const args = ["migrate", "--data", temporaryFolder()];
  const first = await runCommand(args);
  assert.deepEqual([first.code, first.stdout, first.stderr], [0, ALL.map((name) => `Applied ${name}\n`).join(""), ""]);
  const second = await runCommand(args);
  assert.deepEqual([second.code, second.stdout, second.stderr], [0, "The database is up to date.\n", ""]);
});

test("a migration that was made and written is applied, by everyone or not at all", async (t) => {
  const copy = await copyProgram();
  const next = String(ALL.length + 1).padStart(4, "0");
  const file = `src/store/migrations/${next}-add-topics.ts`;
  const options = { program: copy };
  const data = temporaryFolder();
  await runCommand(["migrate", "--data", data], options);

  const made = await runCommand(["makemigration", "add-topics"], options);
  assert.deepEqual([made.code, made.stdout, made.stderr], [0, `Made ${file}\n`, ""]);
  const template = await readFile(path.join(copy, file), "utf8");
  assert.match(template, /export async function up\(_db: Kysely<unknown>\): Promise<void>/);

  await t.test("one that is not written yet says so, by its name", async () => {
    const { code, stderr } = await runCommand(["migrate", "--data", data], options);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`The migration ${next}-add-topics is not written yet\\.`));
  });

  await t.test("one that fails half-way leaves nothing behind", async () => {
    const failing = template
      .replace("_db", "db")
      .replace(/^ {2}throw .*$/m, '  await db.schema.createTable("topics").addColumn("id", "integer").execute();');
    await writeFile(path.join(copy, file), failing.replace(/}\n$/, '  throw new Error("half-way");\n}\n'));
    const failed = await runCommand(["migrate", "--data", data], options);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /half-way/);
    await writeFile(path.join(copy, file), failing);
    const mended = await runCommand(["migrate", "--data", data], options);
    assert.deepEqual([mended.code, mended.stdout, mended.stderr], [0, `Applied ${next}-add-topics\n`, ""]);
  });

  await t.test("the program as it was refuses the database from then on", async () => {
    const { code, stderr } = await runCommand(["migrate", "--data", data]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^The database comes from a newer version of Lobby: it has ${next}-add-topics,`));
  });
});

test("the next migration gets the next number, whatever else lies in the folder", async () => {
  const folder = temporaryFolder();
  const make = async (name: string): Promise<void> =>
    makeMigration([name], { environment: {}, print: () => undefined }, folder);
  await make("first");
  await writeFile(path.join(folder, "README.md"), "");
  await mkdir(path.join(folder, ".hidden"));
  await make("second");
  await writeFile(path.join(folder, "0009-ninth.ts"), "");
  await make("2nd-10");
  assert.deepEqual((await readdir(folder)).toSorted(), [
    ".hidden",
    "0001-first.ts",
    "0002-second.ts",
    "0009-ninth.ts",
    "0010-2nd-10.ts",
    "README.md",
  ]);
});

test("a migration's name is one word that can be a file's, and nothing is made of any other", async () => {
  const folder = temporaryFolder();
  for (const [args, got] of [
    [[], "nothing"],
    [[""], '""'],
    [["Add"], '"Add"'],
    [["add_topics"], '"add_topics"'],
    [["../escape"], '"../escape"'],
    [["add--topics"], '"add--topics"'],
    [["-a"], '"-a"'],
    [["토픽"], '"토픽"'],
    [["add", "topics"], '"add topics"'],
    [["add", "--force"], '"add --force"'],
  ] as const) {
    await assert.rejects(makeMigration(args, { environment: {}, print: () => undefined }, folder), {
      code: "LOBBY_MIGRATION_NAME",
      message: `Expected one name of small letters, digits and hyphens, such as add-topics, got ${got}.`,
    });
  }
  assert.deepEqual(await readdir(folder), []);
});
