/** The messages between the main thread and the SQLite thread. */
import type { OperatorErrorCode } from "../../shared/operator-error.ts";
import type { PeopleStore } from "../../people/ports.ts";
import type { Entry, EntryDraft } from "../../rooms/entry.ts";
import type { RoomStore } from "../../rooms/ports.ts";
import type { LookalikeRoom } from "../queries/rooms.ts";
import type { StoreNotice } from "./health.ts";

/** The methods that the SQLite thread runs for the main thread. */
export interface StoreMethods extends Omit<RoomStore, "append">, PeopleStore {
  append(draft: EntryDraft): Promise<Entry | LookalikeRoom>;
  /** Returns why the store cannot serve; undefined when it can. */
  check(): Promise<string | undefined>;
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

/** The calls that change nothing. While another process locks the database, they overtake the other calls. */
export type ReadName = "latestEntries" | "recentRooms" | "roomLike" | "nickname" | "firstSpokeAtMs";

const READ_NAMES: Readonly<Record<ReadName, true>> = {
  latestEntries: true,
  recentRooms: true,
  roomLike: true,
  nickname: true,
  firstSpokeAtMs: true,
};

/** Calls whose replies come in the order of the calls. */
export type Lane = "reads" | "writes";

/** Returns the lane of a method. */
export function laneOf(name: Call["name"]): Lane {
  return name in READ_NAMES ? "reads" : "writes";
}

/** The outcome of one call. Its place among the replies of its lane tells which call it answers, so it needs no id. */
export interface Reply {
  readonly value?: unknown;
  /** The parts of an error that matter. An error loses its class and its fields between threads. */
  readonly error?: ReplyError;
}

/** An error on its way between threads. */
export interface ReplyError {
  readonly message: string;
  /** Set for an error that the operator can fix, which ends the start. */
  readonly operatorCode?: OperatorErrorCode | undefined;
  /** Set for an outage that the thread has reported: what the visitor hears. */
  readonly refusalCode?: "LOBBY_NOT_STORED" | "LOBBY_NOT_READABLE" | undefined;
}

/**
 * A message of the thread: replies, or a line for the log with the reason why the store cannot serve now. The very first
 * message reports the start in the lane of writes: the value is the list of applied migrations.
 */
export type ThreadMessage =
  | { readonly lane: Lane; readonly replies: readonly Reply[] }
  | { readonly notice: StoreNotice; readonly problem: string | undefined };
