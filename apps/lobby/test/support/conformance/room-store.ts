import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PeopleStore } from "../../../src/people/ports.ts";
import { parseNickname } from "../../../src/people/person.ts";
import type { RoomStore } from "../../../src/rooms/ports.ts";
import { parseRoomName } from "../../../src/rooms/room.ts";
import type { Cleanup } from "../cleanup.ts";
import { draft, LOBBY } from "../entry-draft.ts";

const GARDEN = parseRoomName("garden");
const JUN = { id: "jun", guestName: "Guest jun" };

/** Tests that a store fulfils the port of `rooms`. `open` returns an empty store. */
export function testRoomStore(name: string, open: (cleanup: Cleanup) => Promise<RoomStore & PeopleStore>): void {
  describe(`${name} as a RoomStore`, () => {
    test("numbers simultaneous entries 1, 2, 3 … per room, in the order of the calls", async (t) => {
      const store = await open(t);
      const rooms = [LOBBY, GARDEN, parseRoomName("a b")];
      const drafts = Array.from({ length: 300 }, (_, index) =>
        draft(`message ${index}`, { room: rooms[index % 3] ?? LOBBY }),
      );
      const entries = await Promise.all(drafts.map((one) => store.append(one)));
      assert.deepEqual(
        entries.map(({ room, seq, text }) => [room, seq, text]),
        drafts.map(({ room, text }, index) => [room, Math.floor(index / 3) + 1, text]),
      );
      for (const room of rooms) {
        const ofRoom = entries.filter((entry) => entry.room === room);
        assert.deepEqual(await store.latestEntries(room, 1_000), ofRoom);
      }
    });

    test("resolves simultaneous appends in the order of their numbers", async (t) => {
      const store = await open(t);
      const resolved: number[] = [];
      const appends = Array.from({ length: 100 }, async (_, index) => {
        resolved.push((await store.append(draft(`message ${index}`))).seq);
      });
      await Promise.all(appends);
      assert.deepEqual(
        resolved,
        Array.from({ length: 100 }, (_, index) => index + 1),
      );
    });

    test("keeps the time of an author's first entry, and a nickname that they set later", async (t) => {
      const store = await open(t);
      const drafts = [draft("one", { author: JUN, atMs: 7 }), draft("two", { author: JUN, atMs: 8 })];
      await Promise.all(drafts.map((one) => store.append(one)));
      await store.append(draft("three", { author: JUN, atMs: 9 }));
      assert.deepEqual([await store.firstSpokeAtMs("jun"), await store.nickname("jun")], [7, undefined]);
      await store.setNickname("jun", parseNickname("Jun"), 10);
      assert.deepEqual([await store.firstSpokeAtMs("jun"), await store.nickname("jun")], [7, "Jun"]);
      assert.equal((await store.append(draft("four", { author: JUN }))).authorName, "Jun");
    });

    test("tells whether a room has an entry", async (t) => {
      const store = await open(t);
      await store.append(draft("hi"));
      assert.deepEqual([await store.exists(LOBBY), await store.exists(GARDEN)], [true, false]);
    });

    test("shows an entry to every later call, even before its append has resolved", async (t) => {
      const store = await open(t);
      const appending = store.append(draft("hi"));
      const reading = store.latestEntries(LOBBY, 10);
      assert.deepEqual(await reading, [await appending]);
    });

    test("returns the last entries of a room, oldest first", async (t) => {
      const store = await open(t);
      const entries = await Promise.all(["a", "b", "c", "d"].map((text) => store.append(draft(text))));
      assert.deepEqual(await store.latestEntries(LOBBY, 2), entries.slice(2));
      assert.deepEqual(await store.latestEntries(LOBBY, 4), entries);
      assert.deepEqual(await store.latestEntries(LOBBY, 100), entries);
    });

    test("returns every text exactly as it was appended", async (t) => {
      const store = await open(t);
      const texts = ["'; drop table rooms; --", '{"a": "b"}', "👩‍👩‍👧‍👦", "line\nbreak\ttab", "\ufffd", "%_?"];
      const appended = await Promise.all(texts.map((text) => store.append(draft(text, { atMs: 1_700_000_000_123 }))));
      const read = await store.latestEntries(LOBBY, 10);
      assert.deepEqual(read, appended);
      assert.deepEqual(
        read.map(({ text, atMs }) => [text, atMs]),
        texts.map((text) => [text, 1_700_000_000_123]),
      );
    });

    test("has no entries for a room in which nobody wrote, and does not list the room", async (t) => {
      const store = await open(t);
      assert.deepEqual(await store.latestEntries(GARDEN, 10), []);
      assert.deepEqual(await store.recentRooms(10), []);
    });

    test("distinguishes rooms by case and white space", async (t) => {
      const store = await open(t);
      for (const name of ["Garden", "garden", " garden"]) {
        await store.append(draft(name, { room: parseRoomName(name) }));
      }
      assert.equal((await store.recentRooms(10)).length, 3);
      assert.deepEqual(
        (await store.latestEntries(parseRoomName("Garden"), 10)).map(({ text }) => text),
        ["Garden"],
      );
    });

    test("lists the most recently used rooms first, with the number and time of their last entries", async (t) => {
      const store = await open(t);
      await Promise.all([
        store.append(draft("a", { atMs: 10 })),
        store.append(draft("b", { room: GARDEN, atMs: 20 })),
        store.append(draft("c", { atMs: 15 })),
      ]);
      assert.deepEqual(await store.recentRooms(10), [
        { name: "garden", head: 1, lastAtMs: 20 },
        { name: "로비", head: 2, lastAtMs: 15 },
      ]);
      await store.append(draft("d", { atMs: 30 }));
      assert.deepEqual(await store.recentRooms(1), [{ name: "로비", head: 3, lastAtMs: 30 }]);
    });

    test("keeps with each entry the name that its author had at that time", async (t) => {
      const store = await open(t);
      await store.append(draft("as a guest"));
      await store.setNickname("mina", parseNickname("미나"), 1);
      await Promise.all([
        store.append(draft("with a name")),
        store.append(draft("from Jun", { author: JUN })),
        store.setNickname("mina", parseNickname("Mina"), 2),
        store.append(draft("with another name")),
      ]);
      assert.deepEqual(
        (await store.latestEntries(LOBBY, 10)).map(({ authorId, authorName }) => [authorId, authorName]),
        [
          ["mina", "Guest mina"],
          ["mina", "미나"],
          ["jun", "Guest jun"],
          ["mina", "Mina"],
        ],
      );
    });
  });
}
