import type { Entry } from "./entry.ts";

/** The event of one committed entry. */
export interface EntryAppended {
  readonly entry: Entry;
  /** The id that the author's client gave the message. The log does not keep it. */
  readonly clientMessageId: string | undefined;
}
