/** The messages between the main thread and the SQLite thread. */
import type { OperatorErrorCode } from "../../shared/operator-error.ts";
import type { PeopleStore } from "../../people/ports.ts";
import type { Entry, EntryDraft } from "../../rooms/entry.ts";
import type { RoomStore } from "../../rooms/ports.ts";
import type { LookalikeRoom } from "../queries/rooms.ts";

/** The methods that the SQLite thread runs for the main thread. */
export interface StoreMethods extends Omit<RoomStore, "append">, PeopleStore {
  append(draft: EntryDraft): Promise<Entry | LookalikeRoom>;
  /** Rejects when the database cannot commit. */
  check(): Promise<void>;
}

/** The start parameters of the thread. */
export interface ThreadSettings {
  readonly file: string;
}

/** One call of a method. */
export interface Call {
  readonly name: keyof StoreMethods;
  readonly args: readonly unknown[];
}

/**
 * The outcome of one call. The thread answers calls in their order, so a reply needs no id.
 * Its very first reply reports the start: the value is the list of applied migrations.
 */
export interface Reply {
  readonly value?: unknown;
  /** The parts of an error that matter. An error loses its class and its fields between threads. */
  readonly error?: { readonly message: string; readonly operatorCode: OperatorErrorCode | undefined };
}
