import assert from "node:assert/strict";
import { access, readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Checkout, resolveCommit } from "../../src/comparison/checkout.ts";
import { ROOT } from "../../src/systems/systems.ts";
import { UsageError } from "../../src/usage-error.ts";
import { FixtureRepository } from "../support/fixture-repository.ts";

const LOCK_WITHOUT_WS = {
  name: "fixture",
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "fixture", workspaces: ["packages/*"] },
    "node_modules/@fixture/busy": { resolved: "packages/busy", link: true },
    "packages/busy": { name: "@fixture/busy", version: "1.0.0" },
  },
};

describe("A checkout of a commit", () => {
  test("holds the commit's files, links its own workspaces, and links the repository's installed packages", async () => {
    await using repository = await FixtureRepository.create();
    await repository.writeServer(1);
    const hash = await repository.commit();
    await repository.writeServer(2);
    await using checkout = await Checkout.create(repository.folder, hash);
    const modules = join(checkout.folder, "node_modules");
    assert.equal(await realpath(join(modules, "@fixture/busy")), join(checkout.folder, "packages/busy"));
    assert.equal(await realpath(join(modules, "ws")), join(ROOT, "node_modules/ws"));
    assert.equal(await readFile(join(modules, "@fixture/busy/index.js"), "utf8"), "export const busyMs = 1;\n");
  });

  test("installs its own packages when the commit has another package-lock.json", async () => {
    await using repository = await FixtureRepository.create();
    await repository.writeServer(1);
    await repository.write("package-lock.json", JSON.stringify(LOCK_WITHOUT_WS));
    const hash = await repository.commit();
    await repository.write("package-lock.json", JSON.stringify({ ...LOCK_WITHOUT_WS, name: "renamed" }));
    await using checkout = await Checkout.create(repository.folder, hash);
    const modules = join(checkout.folder, "node_modules");
    assert.equal(await realpath(join(modules, "@fixture/busy")), join(checkout.folder, "packages/busy"));
    await assert.rejects(access(join(modules, "ws")), { code: "ENOENT" });
  });

  test("is removed when disposed, without the packages that it links to", async () => {
    await using repository = await FixtureRepository.create();
    await repository.writeServer(1);
    const checkout = await Checkout.create(repository.folder, await repository.commit());
    await checkout[Symbol.asyncDispose]();
    assert.deepEqual(await readdir(join(repository.folder, ".tmp")), []);
    await access(join(repository.folder, "node_modules/ws/package.json"));
    await access(join(repository.folder, "packages/busy/index.js"));
  });

  test("throws and leaves nothing when the commit has no server for the benchmark", async () => {
    await using repository = await FixtureRepository.create();
    const hash = await repository.commit();
    await assert.rejects(Checkout.create(repository.folder, hash), (error) => {
      assert.ok(error instanceof UsageError);
      const sentence = `Commit ${hash.slice(0, 12)} has no bench/src/servers/channels.ts to measure: name a later commit.`;
      assert.equal(error.message, sentence);
      return true;
    });
    assert.deepEqual(await readdir(join(repository.folder, ".tmp")), []);
  });
});

describe("The name of a commit", () => {
  test("may be anything that git resolves to a commit", async () => {
    await using repository = await FixtureRepository.create();
    const [first, second] = [await repository.commit(), await repository.commit()];
    assert.equal(await resolveCommit(repository.folder, "HEAD"), second);
    assert.equal(await resolveCommit(repository.folder, "HEAD~1"), first);
    assert.equal(await resolveCommit(repository.folder, first.slice(0, 10)), first);
  });

  for (const name of ["unknown", "HEAD~2", "HEAD:.gitignore", "--all", ""]) {
    test(`is refused when it is ${JSON.stringify(name)}`, async () => {
      await using repository = await FixtureRepository.create();
      await repository.commit();
      await assert.rejects(resolveCommit(repository.folder, name), UsageError);
    });
  }
});
