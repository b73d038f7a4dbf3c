/** Bounds the memory of unanswered commands. */
import { RedisOverloadedError } from "./errors.ts";

/** The maximum number of characters in unanswered commands. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** The overhead of one command, in characters. */
const COMMAND_CHARACTERS = 256;

/** A budget for the characters in commands that Redis has not answered. */
export class CommandBudget {
  #used = 0;

  /**
   * Reserves the characters of a command.
   * @param address The address of Redis, for the error.
   * @returns the number of characters to release after the answer.
   * @throws {RedisOverloadedError} CHANNELS_REDIS_OVERLOADED when the budget is exhausted.
   */
  reserve(args: readonly string[], address: string): number {
    let characters = COMMAND_CHARACTERS;
    for (const { length } of args) characters += length;
    if (this.#used + characters > MAX_CHARACTERS) throw new RedisOverloadedError(address, this.#used);
    this.#used += characters;
    return characters;
  }

  release(characters: number): void {
    this.#used -= characters;
  }
}
