import { RedisOverloadedError } from "./errors.ts";

/** The limit for the characters of unanswered commands. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** The overhead of one command, in characters. */
const COMMAND_CHARACTERS = 256;

/** Bounds the memory for commands that Redis has not answered. */
export class CommandBudget {
  readonly #address: string;
  #used = 0;

  constructor(address: string) {
    this.#address = address;
  }

  /**
   * Reserves room for a command.
   * @returns the number of characters to release with the answer.
   * @throws {RedisOverloadedError} CHANNELS_REDIS_OVERLOADED when there is no room.
   */
  reserve(args: readonly string[]): number {
    let characters = COMMAND_CHARACTERS;
    for (const { length } of args) characters += length;
    if (this.#used + characters > MAX_CHARACTERS) throw new RedisOverloadedError(this.#address, this.#used);
    this.#used += characters;
    return characters;
  }

  release(characters: number): void {
    this.#used -= characters;
  }
}
