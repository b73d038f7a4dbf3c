import type { Nickname } from "@lobby/protocol";
import type { Clock } from "../shared/clock.ts";
import { displayName, parseNickname, type Person } from "./person.ts";
import type { PeopleStore } from "./ports.ts";

/** The use cases around people and their names. */
export class People {
  readonly #store: PeopleStore;
  readonly #clock: Clock;

  constructor(store: PeopleStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Returns the person's nickname, or else the guest name. */
  async nameOf(person: Person): Promise<string> {
    return displayName(person, await this.#store.nickname(person.id));
  }

  /**
   * Sets a person's nickname. Earlier messages keep the earlier name.
   * @throws {Refusal} A `NicknameCode` when the text is not a valid nickname; LOBBY_NICKNAME_RESERVED when it looks
   * like a name of the server.
   */
  async rename(personId: string, text: string): Promise<Nickname> {
    const nickname = parseNickname(text);
    await this.#store.setNickname(personId, nickname, this.#clock.nowMs());
    return nickname;
  }
}
