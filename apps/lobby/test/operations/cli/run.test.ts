import assert from "node:assert/strict";
import { test } from "node:test";
import type { Program } from "../../../src/operations/cli/command.ts";
import { run } from "../../../src/operations/cli/run.ts";

/** A program that no command of these tests may touch. */
const UNTOUCHED: Program = {
  start: () => assert.fail("A server was started"),
  migrate: () => assert.fail("A database was migrated"),
  migrationsFolder: "/nonexistent",
};

async function lobby(...argv: readonly string[]): Promise<{ code: number; printed: string[]; errors: string[] }> {
  const printed: string[] = [];
  const errors: string[] = [];
  const terminal = { environment: {}, print: async (line: string) => void printed.push(line) };
  const code = await run(argv, terminal, async (text) => void errors.push(text), UNTOUCHED);
  return { code, printed, errors };
}

test("the help lists every command, flag and variable", async () => {
  const asked = await lobby("help");
  assert.equal(asked.code, 0);
  assert.deepEqual(asked.errors, []);
  const text = asked.printed.join("\n");
  for (const word of ["serve", "migrate", "makemigration", "--host", "--port", "--data", "--public-url"]) {
    assert.ok(text.includes(word), word);
  }
  for (const word of [
    "LOBBY_HOST",
    "LOBBY_PORT",
    "LOBBY_DATA",
    "LOBBY_PUBLIC_URL",
    "--trust-proxy",
    "LOBBY_TRUST_PROXY",
    "--limits <on|off>",
    "LOBBY_LIMITS_EXEMPT",
  ]) {
    assert.ok(text.includes(word), word);
  }
  assert.deepEqual(await lobby("--help"), asked);
  assert.deepEqual(await lobby(), asked);
});

test("`version` and `--version` print the version", async () => {
  for (const name of ["version", "--version"]) {
    const { code, printed } = await lobby(name);
    assert.equal(code, 0);
    assert.match(printed.join("\n"), /^lobby \d+\.\d+\.\d+$/);
  }
});

test("--help and -h print the help after every command", async () => {
  const { printed } = await lobby("help");
  for (const args of [["serve", "--help"], ["migrate", "-h"], ["-h"]]) {
    assert.deepEqual((await lobby(...args)).printed, printed);
  }
});

test("the error for an unknown command names it, even if every object has a property of that name", async () => {
  for (const name of ["sevre", "", "__proto__", "constructor", "toString", "hasOwnProperty", "--serve"]) {
    assert.deepEqual(await lobby(name), {
      code: 1,
      printed: [],
      errors: [`There is no command "${name}". The commands are serve, migrate, makemigration, help, version.`],
    });
  }
});
