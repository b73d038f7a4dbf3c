/** Limits that both ends know, so that a client can say "too long" before it sends. */

/** Unicode code points in a room's name, at most. */
export const MAX_ROOM_NAME_CODE_POINTS = 64;

/** Unicode code points in one message, at most. */
export const MAX_MESSAGE_CODE_POINTS = 4_000;

/** Unicode code points in a nickname, at most. */
export const MAX_NICKNAME_CODE_POINTS = 32;

/** Unicode code points in the id that a client gives a message, at most. */
export const MAX_MESSAGE_ID_CODE_POINTS = 64;

/** How many Unicode code points a text has: what a person would count, near enough, and what the limits count. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
