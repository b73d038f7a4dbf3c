/** A permanent code of a refusal that a later retry can solve. */
export type TemporaryCode =
  /**
   * The server could not read the room or the page, for example because its database is damaged. `/readyz` and the log
   * of the server say why.
   */
  | "LOBBY_NOT_READABLE"
  /**
   * The server could not store the change, for example because its disk is full. Nothing was changed. `/readyz` and the
   * log of the server say why.
   */
  | "LOBBY_NOT_STORED"
  /** All visitors together exceed what the server takes. `docs/limits.md` lists these totals. */
  | "LOBBY_SERVER_BUSY"
  /** One person, or everyone at one address, sends messages too fast. */
  | "LOBBY_TOO_FAST"
  /** One address opens too many connections, or has too many open ones. */
  | "LOBBY_TOO_MANY_CONNECTIONS"
  /** One address brings too many new guests. */
  | "LOBBY_TOO_MANY_GUESTS"
  /** One address opens too many new rooms. */
  | "LOBBY_TOO_MANY_ROOMS";
