/** A store for tests of the services: in memory, and as slow or broken as a test wants. */
import type { Entry } from "../../src/domain/entries.ts";
import type { Nickname } from "../../src/domain/people.ts";
import type { RoomName, RoomSummary } from "../../src/domain/rooms.ts";
import type { EntryDraft, Store } from "../../src/services/ports.ts";

/** See the head of this file. */
export class MemoryStore implements Store {
  readonly entries: Entry[] = [];
  readonly nicknames: Map<string, { readonly nickname: Nickname; readonly atMs: number }> = new Map();
  /** What was asked of it, in order. */
  readonly calls: string[] = [];
  /** Awaited by every append before it counts as committed. */
  commit: () => Promise<void> = async () => undefined;

  async append({ room, authorId, guestName, text, atMs }: EntryDraft): Promise<Entry> {
    this.calls.push("append");
    await this.commit();
    const seq = this.entries.filter((entry) => entry.room === room).length + 1;
    const entry = { room, seq, authorId, authorName: this.nicknames.get(authorId)?.nickname ?? guestName, text, atMs };
    this.entries.push(entry);
    return entry;
  }

  async latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]> {
    this.calls.push(`latestEntries ${limit}`);
    return this.entries.filter((entry) => entry.room === room).slice(-limit);
  }

  async recentRooms(limit: number): Promise<readonly RoomSummary[]> {
    this.calls.push(`recentRooms ${limit}`);
    return [];
  }

  async nickname(personId: string): Promise<Nickname | undefined> {
    return this.nicknames.get(personId)?.nickname;
  }

  async setNickname(personId: string, nickname: Nickname, atMs: number): Promise<void> {
    this.calls.push("setNickname");
    this.nicknames.set(personId, { nickname, atMs });
  }

  async check(): Promise<void> {}
}
