import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { compareVersions } from "../../src/comparison/compare-versions.ts";
import { echo } from "../../src/scenarios/throughput.ts";
import { FixtureRepository } from "../support/fixture-repository.ts";

const FAST_MS = 0;
/** So slow that the fast server stays ahead in every round, even when the machine is busy. */
const SLOW_MS = 200;
const FAULTY_MS = -1;

describe("A comparison of the working tree with a commit", () => {
  test("measures both in turns, each with its own packages, and finds that the working tree is slower", async () => {
    const { isGood, text, steps } = await compare({ commit: FAST_MS, workingTree: SLOW_MS });
    assert.equal(isGood, false, text);
    assert.match(text, /^\| 1 client, echoes\/s .* slower \|$/m);
    assert.match(text, /^Slower: echo, 1 client, echoes\/s/m);
    const measurements = steps.map((step) => step.replace(/: [0-9a-f]{12}$/, ": commit"));
    assert.deepEqual(measurements, [
      "echo, round 1 of 2: working tree",
      "echo, round 1 of 2: commit",
      "echo, round 2 of 2: working tree",
      "echo, round 2 of 2: commit",
    ]);
  });

  test("finds that the working tree is faster", async () => {
    const { isGood, text } = await compare({ commit: SLOW_MS, workingTree: FAST_MS });
    assert.equal(isGood, true, text);
    assert.match(text, /^\| 1 client, echoes\/s .* faster \|$/m);
    assert.match(text, /^No row is slower\.$/m);
  });

  test("fails when a server makes a mistake", async () => {
    const { isGood, text } = await compare({ commit: FAST_MS, workingTree: FAULTY_MS });
    assert.equal(isGood, false, text);
    assert.match(text, /^working tree FAILED: Client 0 in echo: the server closed the connection with 1011$/m);
    assert.match(text, /^At least one server made a mistake: see FAILED above\.$/m);
  });
});

/** Compares two versions of the fixture's server in two short rounds, and checks that the copy is removed. */
async function compare({ commit, workingTree }: { readonly commit: number; readonly workingTree: number }) {
  await using repository = await FixtureRepository.create();
  await repository.writeServer(commit);
  await repository.commit();
  await repository.writeServer(workingTree);
  const [printed, steps]: [string[], string[]] = [[], []];
  const plan = {
    scenarios: [{ ...echo, cases: echo.cases.slice(0, 1) }],
    rounds: 2,
    longRounds: 2,
    timing: { warmUpMs: 50, measureMs: 300 },
    onProgress: (step: string) => steps.push(step),
  };
  const isGood = await compareVersions(repository.folder, "HEAD", plan, (text) => printed.push(text));
  assert.deepEqual(await readdir(join(repository.folder, ".tmp")), []);
  return { isGood, text: printed.join("\n"), steps };
}
