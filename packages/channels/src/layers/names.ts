/** What may be the name of a channel or a group, in every layer. */
import { InvalidNameError } from "../errors.ts";
import type { Channel } from "./layer.ts";

/** The most UTF-16 code units a name may have; any text of 64 code points fits with room for a prefix. */
export const MAX_NAME_LENGTH = 512;

/** Stands between the process and the rest in the name of a channel that a layer made. */
export const PROCESS_SEPARATOR = "!";

const RULE = `is well-formed text of 1 to ${MAX_NAME_LENGTH} UTF-16 code units`;

/**
 * Any well-formed text will do: `로비`, a space or a line break.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME
 */
export function checkGroupName(name: string): void {
  if (!isName(name)) throw new InvalidNameError("group", name, RULE);
}

/**
 * As for groups; `!` is left to the names that layers make.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME
 */
export function checkChannelName(name: string): void {
  if (!isName(name)) throw new InvalidNameError("channel", name, RULE);
}

/**
 * The name of a channel that was given as such or by its name.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME also when it is neither.
 */
export function channelNameOf(channel: Channel | string): string {
  const name = (typeof channel === "string" ? channel : ((channel as Channel | null)?.name ?? channel)) as string;
  checkChannelName(name);
  return name;
}

function isName(name: unknown): boolean {
  return typeof name === "string" && name.length > 0 && name.length <= MAX_NAME_LENGTH && name.isWellFormed();
}
