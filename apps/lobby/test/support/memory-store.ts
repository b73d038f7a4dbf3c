import type { Nickname, RoomName } from "@lobby/protocol";
import { displayName } from "../../src/people/person.ts";
import type { PeopleStore } from "../../src/people/ports.ts";
import type { Entry, EntryDraft } from "../../src/rooms/entry.ts";
import type { RoomStore } from "../../src/rooms/ports.ts";
import type { RoomSummary } from "../../src/rooms/room.ts";

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

  exists(room: RoomName): Promise<boolean> {
    this.calls.push(`exists ${room}`);
    return this.#enqueue(async () => this.#logs.has(room));
  }

  recentRooms(limit: number): Promise<readonly RoomSummary[]> {
    this.calls.push(`recentRooms ${limit}`);
    return this.#enqueue(async () =>
      [...this.#logs]
        .map(([name, log]) => ({ name, head: log.length, lastAtMs: log.at(-1)?.atMs ?? 0 }))
        .toSorted((one, other) => other.lastAtMs - one.lastAtMs)
        .slice(0, limit),
    );
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

  #enqueue<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
