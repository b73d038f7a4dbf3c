/** Validates the names of channels and groups, for every layer. */
import { InvalidNameError } from "../errors.ts";
import type { Channel } from "./layer.ts";

/** The maximum length of a name in UTF-16 code units: enough for a prefix and 64 code points of any kind. */
export const MAX_NAME_LENGTH = 512;

/** The separator between the process and the number in the name of a process's channel. */
export const PROCESS_SEPARATOR = "!";

const RULE = `is well-formed text of 1 to ${MAX_NAME_LENGTH} UTF-16 code units`;

/**
 * Checks the name of a group. Any well-formed text is allowed: `로비`, a space or a line break.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the name is empty, too long or not well-formed.
 */
export function checkGroupName(name: string): void {
  if (!isName(name)) throw new InvalidNameError("group", name, RULE);
}

/**
 * Checks the name of a channel, by the same rule. Only layers create names with `!`.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the name is empty, too long or not well-formed.
 */
export function checkChannelName(name: string): void {
  if (!isName(name)) throw new InvalidNameError("channel", name, RULE);
}

/**
 * Returns the name of a channel, or the name itself.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the value is neither a channel nor a valid name.
 */
export function channelNameOf(channel: Channel | string): string {
  const name = (typeof channel === "string" ? channel : ((channel as Channel | null)?.name ?? channel)) as string;
  checkChannelName(name);
  return name;
}

function isName(name: unknown): boolean {
  return typeof name === "string" && name.length > 0 && name.length <= MAX_NAME_LENGTH && name.isWellFormed();
}
