import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { makeMigration } from "../../../src/operations/cli/makemigration.ts";
import { MIGRATIONS_FOLDER } from "../../../src/storage/migrations-folder.ts";
import { runCommand } from "../../support/lobby-command.ts";
import { copyProgram } from "../../support/program-copy.ts";

const ALL = (await readdir(MIGRATIONS_FOLDER)).map((file) => path.parse(file).name).toSorted();

test("migrate prints the applied migrations, or that the database is up to date", async () => {
  const args = ["migrate", "--data", temporaryFolder()];
  const first = await runCommand(args);
  assert.deepEqual([first.code, first.stdout, first.stderr], [0, ALL.map((name) => `Applied ${name}\n`).join(""), ""]);
  const second = await runCommand(args);
  assert.deepEqual([second.code, second.stdout, second.stderr], [0, "The database is up to date.\n", ""]);
});

test("a new migration is applied completely or not at all", async (t) => {
  const copy = await copyProgram();
  const next = String(Number.parseInt(ALL.at(-1) ?? "0", 10) + 1).padStart(4, "0");
  const file = `src/storage/migrations/${next}-add-topics.ts`;
  const options = { program: copy };
  const data = temporaryFolder();
  await runCommand(["migrate", "--data", data], options);

  const created = await runCommand(["makemigration", "add-topics"], options);
  assert.deepEqual([created.code, created.stdout, created.stderr], [0, `Created ${file}\n`, ""]);
  const template = await readFile(path.join(copy, file), "utf8");
  assert.match(template, /export async function up\(_db: Kysely<unknown>\): Promise<void>/);

  await t.test("an empty migration fails with its name", async () => {
    const { code, stderr } = await runCommand(["migrate", "--data", data], options);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`The migration ${next}-add-topics is empty\\. Write it, or delete its file\\.`));
  });

  await t.test("a migration that fails half-way changes nothing", async () => {
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

  await t.test("the earlier version refuses the migrated database", async () => {
    const { code, stderr } = await runCommand(["migrate", "--data", data]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^A newer version of Lobby migrated this database\\. It has ${next}-add-topics,`));
  });
});

test("a new migration gets the next number, regardless of other files in the folder", async () => {
  const folder = temporaryFolder();
  const make = async (name: string): Promise<void> =>
    makeMigration([name], { environment: {}, print: async () => undefined }, folder);
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

test("an invalid name of a migration is an error, and no file is created", async () => {
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
    await assert.rejects(makeMigration(args, { environment: {}, print: async () => undefined }, folder), {
      code: "LOBBY_MIGRATION_NAME",
      message: `Expected one name of lowercase letters, digits and hyphens, such as add-topics, got ${got}.`,
    });
  }
  assert.deepEqual(await readdir(folder), []);
});
