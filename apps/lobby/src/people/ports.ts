import type { Nickname } from "@lobby/protocol";

/**
 * The store of facts about people. A call sees the effects of every earlier call. While another process locks the
 * database, a call that changes nothing sees only those that have resolved.
 *
 * A nickname is a fact of its own, outside every room's log: one commit sets it, and no room changes. That is why
 * `people` has this port beside the one of `rooms`, although one database implements both.
 */
export interface PeopleStore {
  /** Returns undefined for a person without a nickname. */
  nickname(personId: string): Promise<Nickname | undefined>;
  /**
   * Returns the time at which a person first said or set something, in milliseconds since 1970; undefined for a person
   * who has not. One commit keeps an entry and the first act of its author.
   */
  firstSpokeAtMs(personId: string): Promise<number | undefined>;
  /** Resolves after the commit. Entries that are appended later carry the new nickname. */
  setNickname(personId: string, nickname: Nickname, atMs: number): Promise<void>;
}
