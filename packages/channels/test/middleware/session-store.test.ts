import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InMemorySessionStore } from "@lobby/channels";
import { FakeClock } from "../support/fake-clock.ts";

describe("InMemorySessionStore", () => {
  test("keeps a session for its time after the last write, and not a moment longer", () => {
    const clock = new FakeClock();
    const store = new InMemorySessionStore(clock.now);
    store.create("key", { a: 1 }, 10);
    clock.advance(9_999);
    assert.equal(store.update("key", { a: 2 }, 10), true);
    clock.advance(9_999);
    assert.deepEqual(store.load("key"), { a: 2 });
    clock.advance(1);
    assert.equal(store.load("key"), undefined);
  });

  test("replaces nothing that has expired or ended", () => {
    const clock = new FakeClock();
    const store = new InMemorySessionStore(clock.now);
    store.create("expired", { a: 1 }, 10);
    clock.advance(10_000);
    store.create("ended", { a: 1 }, 10);
    store.delete("ended");
    for (const key of ["expired", "ended", "unknown"]) {
      assert.equal(store.update(key, { a: 2 }, 10), false);
      assert.equal(store.load(key), undefined);
    }
  });

  test("ends a session once, and deletes without complaint what it does not have", () => {
    const store = new InMemorySessionStore();
    store.create("key", {}, 10);
    assert.deepEqual([store.delete("key"), store.delete("key")], [true, false]);
  });
});
