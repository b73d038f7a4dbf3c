/**
 * The plain protocol of a room's WebSocket: JSON text frames, no account, no subprotocol.
 * A client sends a `PlainInput`. Every member of the room, including the sender, receives a `PlainMessage`.
 */
import { z } from "zod";
import { MAX_MESSAGE_ID_CODE_POINTS } from "./limits.ts";

/** The schema of a client's frame. Parsing removes unknown fields. */
export const plainInput: z.ZodObject<{ message: z.ZodString; id: z.ZodOptional<z.ZodString> }> = z.object({
  message: z.string(),
  id: z.string().min(1).max(MAX_MESSAGE_ID_CODE_POINTS).optional(),
});

/** A client's frame: a text, and an optional id by which the client recognizes the answer. */
export type PlainInput = z.infer<typeof plainInput>;

/** One message of the room. Later versions may add fields. */
export interface PlainMessage {
  readonly message: string;
  /** The id that the author's client sent. The server neither stores it nor checks that it is unique. */
  readonly id?: string | undefined;
  /** The name of the room, in NFC. */
  readonly room: string;
  /** The number of the message in its room: 1, 2, 3 … without gaps. */
  readonly seq: number;
  readonly author: PlainAuthor;
  /** The time of the message, in milliseconds since 1970. */
  readonly atMs: number;
}

/** The author of a message. */
export interface PlainAuthor {
  /** Stable while the author's client keeps its cookie. */
  readonly id: string;
  /** The author's name at the time of the message. */
  readonly name: string;
}

/** The answer to a frame that the server refused. Only the sender receives it, and the connection stays open. */
export interface PlainError {
  readonly error: {
    /** An `InvalidInputCode` of `@lobby/channels`, or a `MessageTextCode`. Later versions may add codes; an existing code never changes. */
    readonly code: string;
    /** One sentence in the language of the client's `Accept-Language`. */
    readonly message: string;
    /** The time after which the same frame can succeed. Absent when only another frame can. */
    readonly retryAfterMs?: number | undefined;
  };
  /** The id of the refused message, if the client sent one. */
  readonly id?: string | undefined;
}

/** Every frame that a client can receive. */
export type PlainFrame = PlainMessage | PlainError;
