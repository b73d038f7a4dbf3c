import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../src/cli/run.ts";

async function lobby(...argv: readonly string[]): Promise<{ code: number; printed: string[]; complaints: string[] }> {
  const printed: string[] = [];
  const complaints: string[] = [];
  const terminal = { environment: {}, print: (line: string) => printed.push(line) };
  const code = await run(argv, terminal, (text) => complaints.push(text));
  return { code, printed, complaints };
}

test("help names every command, flag and variable", async () => {
  const asked = await lobby("help");
  assert.equal(asked.code, 0);
  assert.deepEqual(asked.complaints, []);
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
  ]) {
    assert.ok(text.includes(word), word);
  }
  assert.deepEqual(await lobby("--help"), asked);
  assert.deepEqual(await lobby(), asked);
});

test("a command that does not exist is refused by its name, even one that every object has", async () => {
  for (const name of ["sevre", "", "__proto__", "constructor", "toString", "hasOwnProperty", "--version", "--serve"]) {
    assert.deepEqual(await lobby(name), {
      code: 1,
      printed: [],
      complaints: [`There is no command "${name}". The commands are serve, migrate, makemigration, help, version.`],
    });
  }
});
