import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { OperatorError } from "../../shared/operator-error.ts";
import type { Command, Terminal } from "./command.ts";

/** `lobby makemigration <name>` */
export const makemigration: Command = {
  usage: "<name>",
  summary: "create an empty migration",
  run: (args, terminal, { migrationsFolder }) => makeMigration(args, terminal, migrationsFolder),
};

/**
 * Creates the next migration, whose author fills it in.
 * @param folder The folder of the migrations.
 * @throws {OperatorError} LOBBY_MIGRATION_NAME when the arguments are not one valid name.
 */
export async function makeMigration(args: readonly string[], { print }: Terminal, folder: string): Promise<void> {
  const [name = "", ...rest] = args;
  if (!/^[a-z\d]+(-[a-z\d]+)*$/.test(name) || rest.length > 0) {
    const got = args.length === 0 ? "nothing" : `"${args.join(" ")}"`;
    throw new OperatorError(
      "LOBBY_MIGRATION_NAME",
      `Expected one name of lowercase letters, digits and hyphens, such as add-topics, got ${got}.`,
    );
  }
  const existing = await readdir(folder);
  const next = Math.max(0, ...existing.map((file) => Number.parseInt(file, 10) || 0)) + 1;
  const migration = `${String(next).padStart(4, "0")}-${name}`;
  const file = path.join(folder, `${migration}.ts`);
  await writeFile(file, template(migration), { flag: "wx" });
  await print(`Created ${path.relative(process.cwd(), file)}`);
}

function template(migration: string): string {
  return `import type { Kysely } from "kysely";

// Change the tables here, and their types in storage/schema.ts.
export async function up(_db: Kysely<unknown>): Promise<void> {
  throw new Error("The migration ${migration} is empty. Write it, or delete its file.");
}
`;
}
