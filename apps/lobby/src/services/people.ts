/** What people can do about themselves. */
import { parseNickname, type Nickname } from "../domain/people.ts";
import type { Clock, Store } from "./ports.ts";

/** Nicknames. */
export class People {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The nickname somebody has set; undefined when they have not. */
  nickname(personId: string): Promise<Nickname | undefined> {
    return this.#store.nickname(personId);
  }

  /**
   * Sets a nickname; what was said before keeps the old one.
   * @throws {Refusal} LOBBY_NICKNAME_… when the text is no nickname.
   */
  async rename(personId: string, text: string): Promise<Nickname> {
    const nickname = parseNickname(text);
    await this.#store.setNickname(personId, nickname, this.#clock.nowMs());
    return nickname;
  }
}
