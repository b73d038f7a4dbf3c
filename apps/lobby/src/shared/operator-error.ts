/** A permanent code of a problem that the operator can fix. */
export type OperatorErrorCode =
  /**
   * Another program uses the port, this user has no permission for it, or the host is not an address of this machine.
   * Choose another with `--port` or `--host`.
   */
  | "LOBBY_CANNOT_LISTEN"
  /** Standard output accepts no text. Free its disk, or redirect it elsewhere. */
  | "LOBBY_CANNOT_PRINT"
  /**
   * SQLite cannot use the database. The message says why: the file is not writable, it is damaged, it belongs to
   * another program, or another program locks it. Fix its permissions, restore `lobby.sqlite` from a backup, or choose
   * another folder with `--data`.
   */
  | "LOBBY_DATABASE_FILE"
  /**
   * A newer version of Lobby migrated the database. Start that version, or restore a backup from before the upgrade.
   */
  | "LOBBY_DATABASE_NEWER"
  /**
   * Lobby cannot create, read or write the data folder. Fix its permissions, or choose another folder with `--data`.
   * `/readyz` gives this reason when somebody has deleted, moved or replaced the folder of a running Lobby. Put the
   * original back, or stop Lobby and restore a backup.
   */
  | "LOBBY_DATA_FOLDER"
  /**
   * Another Lobby uses this data folder, or another program has its database open. Two servers would not deliver
   * messages to each other's visitors. Stop the other program, or choose another folder with `--data`.
   */
  | "LOBBY_DATA_FOLDER_IN_USE"
  /** A flag or variable has an invalid value. The message names it, the valid values and the actual value. */
  | "LOBBY_INVALID_SETTING"
  /**
   * Lobby cannot write the file `lock` in the data folder, which reserves the folder for one server. Fix its
   * permissions, or delete it when no Lobby is running.
   */
  | "LOBBY_LOCK_FILE"
  /** `lobby makemigration` expects one name of lowercase letters, digits and hyphens. */
  | "LOBBY_MIGRATION_NAME"
  /**
   * The file `secret` in the data folder is damaged. Restore it from a backup, or delete it, which gives every guest a
   * new identity.
   */
  | "LOBBY_SECRET"
  /** There is no such command. `lobby help` lists every command. */
  | "LOBBY_UNKNOWN_COMMAND"
  /** There is no such flag, or the flag has no value. `lobby help` lists every flag. */
  | "LOBBY_UNKNOWN_FLAG"
  /**
   * An environment variable starts with `LOBBY_`, but Lobby has no such setting. The message suggests the most similar
   * one. Correct the variable, or unset it.
   */
  | "LOBBY_UNKNOWN_VARIABLE"
  /**
   * `DATABASE_URL` or `REDIS_URL` is set, and this version does not support it. Lobby refuses to start, because it
   * would keep messages in another place than the setting says. Start without the setting.
   */
  | "LOBBY_UNSUPPORTED_SETTING"
  /** There is no build of the browser client. Run `npm run build:web`, or start with `npm start`, which builds it. */
  | "LOBBY_WEB_NOT_BUILT";

/**
 * An error that the operator of the server can fix. The command prints its message alone, without a stack, and exits
 * with code 1.
 */
export class OperatorError extends Error {
  readonly code: OperatorErrorCode;

  /** @param message The problem and its remedy, in one or two sentences. */
  constructor(code: OperatorErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
