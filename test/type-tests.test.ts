/** Type tests under every version of the compiler that the packages support. */
import assert from "node:assert/strict";
import { glob } from "node:fs/promises";
import { before, describe, test } from "node:test";
import { buildDeclarations, compile, COMPILERS } from "./support/compilers.ts";
import { ROOT } from "./support/repository.ts";
import { EXPORTED, tablesOf } from "./support/type-fixtures.ts";

/** Measured with both versions: 190,714, of which 8,000 are for the package and the first lines of the program. */
const MAX_INSTANTIATIONS = 195_000;

before(buildDeclarations);

for (const compiler of COMPILERS) {
  describe(`With ${compiler.name}`, () => {
    test("every type test compiles, and users can emit declarations of what they export", async () => {
      const existing = await Array.fromAsync(
        glob("{packages/*,apps/*,examples/*,bench,.}/test/**/*.test-d.ts", { cwd: ROOT }),
      );
      assert.ok(existing.length > 10, "the pattern finds the type tests");
      const { errors } = await compile(compiler, { existing, written: { "exported.ts": EXPORTED } });
      assert.deepEqual(errors, new Map());
    });

    test(`four tables of a hundred routes cost at most ${MAX_INSTANTIATIONS} instantiations`, async () => {
      const { errors, instantiations } = await compile(compiler, { written: { "tables.ts": tablesOf(100) } });
      assert.deepEqual(errors, new Map());
      assert.ok(instantiations <= MAX_INSTANTIATIONS, `${instantiations} instantiations`);
    });
  });
}
