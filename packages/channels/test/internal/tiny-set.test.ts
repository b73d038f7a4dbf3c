import assert from "node:assert/strict";
import { test } from "node:test";
import { TinySet } from "../../src/internal/tiny-set.ts";
import { SeededRandom } from "../../src/testing/seeded-random.ts";

test("A tiny set does what a set does, however many it has", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = new SeededRandom(seed);
    const [tiny, set] = [new TinySet<number>(), new Set<number>()];
    for (let step = 0; step < 50; step += 1) {
      const element = random.below(4);
      if (random.below(2) === 0) {
        tiny.add(element);
        set.add(element);
      } else {
        tiny.delete(element);
        set.delete(element);
      }
      assert.deepEqual(new Set(tiny), set, `seed ${seed}`);
      assert.equal(tiny.size, set.size);
      for (let other = 0; other < 4; other += 1) assert.equal(tiny.has(other), set.has(other));
    }
  }
});

test("A tiny set can lose its elements while they are gone through", () => {
  for (const elements of [[], [1], [1, 2, 3]]) {
    const tiny = new TinySet<number>();
    for (const element of elements) tiny.add(element);
    const seen = [];
    for (const element of tiny) {
      seen.push(element);
      tiny.delete(element);
    }
    assert.deepEqual([seen, tiny.size], [elements, 0]);
  }
});
