/** A permanent code of the refusal of a valid name that a reader would take for another one. */
export type TakenNameCode =
  /** No room has this name, but one exists whose name looks the same (UTS #39). */
  | "LOBBY_ROOM_NAME_CONFUSABLE"
  /** A nickname looks like one of the names that only the server may use, such as `admin` or `시스템`. */
  | "LOBBY_NICKNAME_RESERVED";
