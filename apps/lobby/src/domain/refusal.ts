/** A "no" that people get to see, by a permanent code; `locale/` has the sentences. */
export type RefusalCode =
  | "LOBBY_ROOM_NAME_EMPTY"
  | "LOBBY_ROOM_NAME_TOO_LONG"
  | "LOBBY_ROOM_NAME_CHARACTERS"
  | "LOBBY_MESSAGE_EMPTY"
  | "LOBBY_MESSAGE_TOO_LONG"
  | "LOBBY_MESSAGE_CHARACTERS"
  | "LOBBY_NICKNAME_EMPTY"
  | "LOBBY_NICKNAME_TOO_LONG"
  | "LOBBY_NICKNAME_CHARACTERS";

/** Thrown by whoever makes a value of the domain from what somebody typed. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode) {
    super(code);
    this.code = code;
  }
}
