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

test("the version is told, by either name", async () => {
  for (const name of ["version", "--version"]) {
    const { code, printed } = await lobby(name);
    assert.equal(code, 0);
    assert.match(printed.join("\n"), /^lobby \d+\.\d+\.\d+$/);
  }
});

test("help is given wherever it is asked for", async () => {
  const { printed } = await lobby("help");
  for (const args of [["serve", "--help"], ["migrate", "-h"], ["-h"]]) {
    assert.deepEqual((await lobby(...args)).printed, printed);
  }
});

test("a command that does not exist is refused by its name, even one that every object has", async () => {
  for (const name of ["sevre", "", "__proto__", "constructor", "toString", "hasOwnProperty", "--serve"]) {
    assert.deepEqual(await lobby(name), {
      code: 1,
      printed: [],
      complaints: [`There is no command "${name}". The commands are serve, migrate, makemigration, help, version.`],
    });
  }
});
