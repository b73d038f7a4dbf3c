import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentMap } from "../../src/limits/recent-map.ts";

test("a recent map keeps the last values, and those that are in use", () => {
  const map = new RecentMap<number>(100);
  map.set("in use", -1);
  for (let index = 0; index < 10_000; index += 1) {
    map.set(`${index}`, index);
    assert.equal(map.get("in use"), -1);
  }
  for (let index = 9_910; index < 10_000; index += 1) assert.equal(map.get(`${index}`), index);
});

test("a recent map keeps at most twice its size", () => {
  const map = new RecentMap<number>(100);
  for (let index = 0; index < 10_000; index += 1) map.set(`${index}`, index);
  const kept = Array.from({ length: 9_800 }, (_, index) => map.get(`${index}`)).filter((value) => value !== undefined);
  assert.deepEqual(kept, []);
});
