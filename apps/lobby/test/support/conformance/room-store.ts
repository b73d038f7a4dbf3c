import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RoomName } from "@lobby/protocol";
import type { PeopleStore } from "../../../src/people/ports.ts";
import { parseNickname } from "../../../src/people/person.ts";
import type { RoomStore } from "../../../src/rooms/ports.ts";
import { parseRoomName } from "../../../src/rooms/room.ts";
import { Refusal } from "../../../src/shared/refusal.ts";
import type { Cleanup } from "../cleanup.ts";
import { draft, LOBBY } from "../entry-draft.ts";

const GARDEN = parseRoomName("garden");
const CYRILLIC_GARDEN = parseRoomName("g\u0430rden");
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

    test("distinguishes rooms by case and by white space between words", async (t) => {
      const store = await open(t);
      for (const name of ["Garden", "garden", "gar den"]) {
        await store.append(draft(name, { room: parseRoomName(name) }));
      }
      assert.equal((await store.recentRooms(10)).length, 3);
      assert.deepEqual(
        (await store.latestEntries(parseRoomName("Garden"), 10)).map(({ text }) => text),
        ["Garden"],
      );
    });

    test("finds the room with a name, or else the room whose name looks the same", async (t) => {
      const store = await open(t);
      assert.equal(await store.roomLike(GARDEN), undefined);
      await store.append(draft("hi", { room: GARDEN }));
      assert.equal(await store.roomLike(GARDEN), "garden");
      assert.equal(await store.roomLike(CYRILLIC_GARDEN), "garden");
      assert.equal(await store.roomLike(parseRoomName("GARDEN")), undefined);
      assert.equal(await store.roomLike("no name: '; --\0" as RoomName), undefined);
    });

    test("of two simultaneous rooms whose names look the same, only the first opens, and other entries are kept", async (t) => {
      const store = await open(t);
      const [first, second, other, third] = await Promise.allSettled([
        store.append(draft("a", { room: CYRILLIC_GARDEN })),
        store.append(draft("b", { room: GARDEN })),
        store.append(draft("c")),
        store.append(draft("d", { room: GARDEN })),
      ]);
      assert.deepEqual([first.status, other.status], ["fulfilled", "fulfilled"]);
      for (const refused of [second, third]) {
        assert.ok(refused.status === "rejected" && refused.reason instanceof Refusal);
        assert.equal(refused.reason.code, "LOBBY_ROOM_NAME_CONFUSABLE");
        assert.equal(refused.reason.subject, CYRILLIC_GARDEN);
      }
      assert.deepEqual(await store.latestEntries(GARDEN, 10), []);
      assert.deepEqual(
        (await store.recentRooms(10)).map(({ name }) => name).toSorted(),
        [LOBBY, CYRILLIC_GARDEN].toSorted(),
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

    test("lists rooms with more speakers first, in the classes 1, 2 to 3, 4 to 7, and 8 and more", async (t) => {
      const store = await open(t);
      const speakers = [1, 2, 3, 4, 7, 8, 40];
      let atMs = 0;
      for (const count of speakers) {
        const room = parseRoomName(`with ${count}`);
        const people = Array.from({ length: count }, (_, index) => ({ id: `${count} ${index}`, guestName: "Guest" }));
        // Each person speaks twice.
        for (const author of [...people, ...people])
          await store.append(draft("hi", { room, author, atMs: (atMs += 1) }));
      }
      for (let index = 0; index < 60; index += 1) {
        await store.append(draft("me again", { room: parseRoomName(`flood ${index}`), atMs: (atMs += 1) }));
      }
      assert.deepEqual(
        (await store.recentRooms(10)).map(({ name }) => name),
        ["with 40", "with 8", "with 7", "with 4", "with 3", "with 2", "flood 59", "flood 58", "flood 57", "flood 56"],
      );
    });

    test("lists the rooms first in which the visitor spoke, each once", async (t) => {
      const store = await open(t);
      await store.append(draft("old", { atMs: 1 }));
      await store.append(draft("also mine", { room: parseRoomName("mine"), atMs: 2 }));
      for (const id of ["a", "b", "c"]) {
        await store.append(draft("hi", { room: GARDEN, author: { id, guestName: "Guest" }, atMs: 3 }));
      }
      const names = async (limit: number, visitorId?: string): Promise<readonly string[]> =>
        (await store.recentRooms(limit, visitorId)).map(({ name }) => name);
      assert.deepEqual(await names(10), ["garden", "mine", "로비"]);
      assert.deepEqual(await names(10, "mina"), ["mine", "로비", "garden"]);
      assert.deepEqual(await names(2, "mina"), ["mine", "로비"]);
      assert.deepEqual(await names(10, "b"), ["garden", "mine", "로비"]);
      assert.deepEqual(await names(10, "somebody else"), ["garden", "mine", "로비"]);
    });

    test("forgets after a week who spoke where", async (t) => {
      const store = await open(t);
      const DAY_MS = 86_400_000;
      const say = (room: string, id: string, day: number): Promise<unknown> =>
        store.append(
          draft("hi", { room: parseRoomName(room), author: { id, guestName: "Guest" }, atMs: day * DAY_MS }),
        );
      for (const id of ["a", "b", "c", "d"]) await say("early", id, 100);
      await say("early", "d", 103);
      await say("late", "a", 104);
      await say("late", "b", 104);
      const names = async (visitorId?: string): Promise<readonly string[]> =>
        (await store.recentRooms(10, visitorId)).map(({ name }) => name);
      assert.deepEqual(await names(), ["early", "late"]);
      await say("alone", "e", 106);
      assert.deepEqual(await names(), ["early", "late", "alone"]);
      await say("alone", "e", 107);
      assert.deepEqual(await names(), ["late", "alone", "early"]);
      assert.deepEqual(await names("c"), ["late", "alone", "early"]);
      assert.deepEqual(await names("d"), ["early", "late", "alone"]);
      await say("alone", "e", 110);
      assert.deepEqual(await names("d"), ["late", "alone", "early"]);
      await say("alone", "e", 111);
      assert.deepEqual(await names("a"), ["alone", "late", "early"]);
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
