/** Limits that the server enforces. A client checks them before it sends. */

/** The longest room name, in Unicode code points. */
export const MAX_ROOM_NAME_CODE_POINTS = 64;

/** The longest message, in Unicode code points. */
export const MAX_MESSAGE_CODE_POINTS = 4_000;

/** The longest nickname, in Unicode code points. */
export const MAX_NICKNAME_CODE_POINTS = 32;

/** The longest id that a client can give a message, in Unicode code points. */
export const MAX_MESSAGE_ID_CODE_POINTS = 64;

/**
 * The most combining marks in a row, in every text (UAX #15, stream-safe text). The time of a normalization grows with
 * the square of such a run.
 */
export const MAX_MARKS_IN_A_ROW = 30;

/**
 * The largest frame that a client can send, in bytes. It holds the longest message in every normalization form,
 * even when JSON escapes each character.
 */
export const MAX_FRAME_BYTES = 131_072;
