import type { Nickname, RoomName } from "@lobby/protocol";
import { displayName } from "../../src/people/person.ts";
import type { PeopleStore } from "../../src/people/ports.ts";
import type { Entry, EntryDraft } from "../../src/rooms/entry.ts";
import type { RoomStore } from "../../src/rooms/ports.ts";
import type { RoomSummary } from "../../src/rooms/room.ts";
import { Refusal } from "../../src/shared/refusal.ts";
import { skeletonOf } from "../../src/shared/skeleton.ts";

/** A store in memory for tests of use cases. A test can delay or break its commits. */
export class MemoryStore implements RoomStore, PeopleStore {
  readonly #logs = new Map<RoomName, Entry[]>();
  readonly #nicknames = new Map<string, Nickname>();
  readonly #firstSpokeAtMs = new Map<string, number>();
  /** The last call, after which the next one runs. */
  #last: Promise<unknown> = Promise.resolve();
  /** Every call except `nickname`, in order. */
  readonly calls: string[] = [];
  /** Runs before every append. The append fails when it rejects. */
  commit: () => Promise<void> = async () => undefined;

  append({ room, author, text, atMs }: EntryDraft): Promise<Entry> {
    this.calls.push("append");
    return this.#enqueue(async () => {
      await this.commit();
      const open = this.#roomLike(room) ?? room;
      if (open !== room) throw new Refusal("LOBBY_ROOM_NAME_CONFUSABLE", undefined, open);
      const log = this.#logs.get(room) ?? [];
      this.#logs.set(room, log);
      if (!this.#firstSpokeAtMs.has(author.id)) this.#firstSpokeAtMs.set(author.id, atMs);
      const authorName = displayName(author, this.#nicknames.get(author.id));
      const entry: Entry = { room, seq: log.length + 1, authorId: author.id, authorName, text, atMs };
      log.push(entry);
      return entry;
    });
  }

  latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]> {
    this.calls.push(`latestEntries ${limit}`);
    return this.#enqueue(async () => (this.#logs.get(room) ?? []).slice(-limit));
  }

  roomLike(name: RoomName): Promise<RoomName | undefined> {
    this.calls.push(`roomLike ${name}`);
    return this.#enqueue(async () => this.#roomLike(name));
  }

  recentRooms(limit: number, visitorId?: string): Promise<readonly RoomSummary[]> {
    this.calls.push(`recentRooms ${limit}`);
    return this.#enqueue(async () =>
      [...this.#logs]
        .map(([name, log]) => ({ name, head: log.length, lastAtMs: log.at(-1)?.atMs ?? 0 }))
        .toSorted((one, other) => other.lastAtMs - one.lastAtMs)
        .toSorted((one, other) => this.#rankOf(other.name, visitorId) - this.#rankOf(one.name, visitorId))
        .slice(0, limit),
    );
  }

  #rankOf(room: RoomName, visitorId?: string): number {
    const speakers = this.#speakersOf(room);
    if (visitorId !== undefined && speakers.has(visitorId)) return 4;
    return [8, 4, 2].filter((count) => speakers.size >= count).length;
  }

  /** Returns the people who spoke in a room on the last seven days up to that of the newest entry of any room. */
  #speakersOf(room: RoomName): ReadonlySet<string> {
    const today = Math.max(...[...this.#logs.values()].flat().map(dayOf));
    const ofWeek = this.#logs.get(room)?.filter((entry) => dayOf(entry) > today - 7);
    return new Set(ofWeek?.map(({ authorId }) => authorId));
  }

  nickname(personId: string): Promise<Nickname | undefined> {
    return this.#enqueue(async () => this.#nicknames.get(personId));
  }

  firstSpokeAtMs(personId: string): Promise<number | undefined> {
    this.calls.push(`firstSpokeAtMs ${personId}`);
    return this.#enqueue(async () => this.#firstSpokeAtMs.get(personId));
  }

  setNickname(personId: string, nickname: Nickname, atMs: number): Promise<void> {
    this.calls.push(`setNickname ${nickname} ${atMs}`);
    return this.#enqueue(async () => {
      this.#nicknames.set(personId, nickname);
      if (!this.#firstSpokeAtMs.has(personId)) this.#firstSpokeAtMs.set(personId, atMs);
    });
  }

  #roomLike(name: RoomName): RoomName | undefined {
    if (this.#logs.has(name)) return name;
    return [...this.#logs.keys()].find((room) => skeletonOf(room) === skeletonOf(name));
  }

  #enqueue<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Returns the day of an entry, in days since 1970. */
function dayOf({ atMs }: Entry): number {
  return Math.floor(atMs / 86_400_000);
}
