import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PeopleStore } from "../../../src/people/ports.ts";
import { parseNickname } from "../../../src/people/person.ts";
import type { Cleanup } from "../cleanup.ts";

/** Tests that a store fulfils the port of `people`. `open` returns an empty store. */
export function testPeopleStore(name: string, open: (cleanup: Cleanup) => Promise<PeopleStore>): void {
  describe(`${name} as a PeopleStore`, () => {
    test("has no nickname for a person who set none", async (t) => {
      assert.equal(await (await open(t)).nickname("mina"), undefined);
    });

    test("keeps the last nickname of each person", async (t) => {
      const store = await open(t);
      await store.setNickname("mina", parseNickname("Mina"), 1);
      await store.setNickname("jun", parseNickname("Jun"), 2);
      await store.setNickname("mina", parseNickname("미나"), 3);
      assert.equal(await store.nickname("mina"), "미나");
      assert.equal(await store.nickname("jun"), "Jun");
    });

    test("lets two people have the same nickname", async (t) => {
      const store = await open(t);
      await store.setNickname("mina", parseNickname("미나"), 1);
      await store.setNickname("jun", parseNickname("미나"), 2);
      assert.deepEqual([await store.nickname("mina"), await store.nickname("jun")], ["미나", "미나"]);
    });

    test("keeps the time of the first act of each person, who may have no nickname", async (t) => {
      const store = await open(t);
      assert.equal(await store.firstSpokeAtMs("mina"), undefined);
      await store.setNickname("mina", parseNickname("Mina"), 5);
      await store.setNickname("mina", parseNickname("미나"), 6);
      assert.equal(await store.firstSpokeAtMs("mina"), 5);
      assert.equal(await store.firstSpokeAtMs("jun"), undefined);
    });

    test("shows a nickname to every later call, even before the change has resolved", async (t) => {
      const store = await open(t);
      const setting = store.setNickname("mina", parseNickname("미나"), 1);
      const reading = store.nickname("mina");
      assert.equal(await reading, "미나");
      await setting;
    });
  });
}
