/** `lobby makemigration <name>`: adds the next migration, empty, for somebody to write. */
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { OperatorError } from "../operator-error.ts";
import { MIGRATIONS_FOLDER } from "../store/migrations-folder.ts";
import type { Terminal } from "./run.ts";

function template(migration: string): string {
  return `import type { Kysely } from "kysely";

// Change the tables here, and what store/schema.ts says of them.
export async function up(_db: Kysely<unknown>): Promise<void> {
  throw new Error("The migration ${migration} is not written yet.");
}
`;
}

/** @param folder Where migrations are. */
export async function makeMigration(
  args: readonly string[],
  { print }: Terminal,
  folder: string = MIGRATIONS_FOLDER,
): Promise<void> {
  const [name = "", ...rest] = args;
  if (!/^[a-z\d]+(-[a-z\d]+)*$/.test(name) || rest.length > 0) {
    const got = args.length === 0 ? "nothing" : `"${args.join(" ")}"`;
    throw new OperatorError(
      "LOBBY_MIGRATION_NAME",
      `Expected one name of small letters, digits and hyphens, such as add-topics, got ${got}.`,
    );
  }
  const existing = await readdir(folder);
  const next = Math.max(0, ...existing.map((file) => Number.parseInt(file, 10) || 0)) + 1;
  const migration = `${String(next).padStart(4, "0")}-${name}`;
  const file = path.join(folder, `${migration}.ts`);
  await writeFile(file, template(migration), { flag: "wx" });
  print(`Made ${path.relative(process.cwd(), file)}`);
}
