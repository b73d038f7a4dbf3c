/** What the main thread and the thread of SQLite say to each other. */
import type { Store } from "../../services/ports.ts";

/** Handed to the worker when it starts. */
export interface WorkerSettings {
  readonly file: string;
}

/** One method of the store, to be called over there. */
export interface Call {
  readonly id: number;
  readonly name: keyof Store;
  readonly args: readonly unknown[];
}

/** What became of a call. Number 0 is the worker's start; its value is the list of migrations that it ran. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  /** Errors lose their class and fields between threads; these are what counts. */
  readonly error?: { readonly message: string; readonly operatorCode: string | undefined };
}
