/**
 * The plain protocol of `/ws/chat/<room>/`: JSON text frames, no account and no
 * subprotocol. A client sends `{"message": "…"}`; every member of the room, the
 * sender included, gets it back with the fields below. More may be added.
 */
import { z } from "zod";
import { MAX_MESSAGE_ID_CODE_POINTS } from "./limits.ts";

/** What a client sends: a text and, to recognise the answer by, an id of its own choice. */
export const plainInput: z.ZodObject<{ message: z.ZodString; id: z.ZodOptional<z.ZodString> }> = z.object({
  message: z.string(),
  id: z.string().min(1).max(MAX_MESSAGE_ID_CODE_POINTS).optional(),
});
export type PlainInput = z.infer<typeof plainInput>;

/** One message of the room, as everybody gets it. */
export interface PlainMessage {
  readonly message: string;
  /** What the author's client called it, if it did. An echo: it is not stored, and nobody sees to it that it is unique. */
  readonly id?: string | undefined;
  /** The room's name, NFC. */
  readonly room: string;
  /** Its number in the room: 1, 2, 3 … without a hole. */
  readonly seq: number;
  readonly author: PlainAuthor;
  /** When it was committed, in milliseconds since 1970. */
  readonly atMs: number;
}

/** Who wrote a message. */
export interface PlainAuthor {
  /** Stays the same for as long as the visitor keeps the cookie. */
  readonly id: string;
  /** The name at the time of writing. */
  readonly name: string;
}

/** Why a frame was not taken. Nothing was broadcast, and the connection is open. */
export interface PlainError {
  readonly error: {
    /** Permanent and machine-readable. */
    readonly code: string;
    /** One sentence, in the visitor's language. */
    readonly message: string;
  };
  /** What the client called the message that was refused, if it did. */
  readonly id?: string | undefined;
}

/** Everything a client may get. */
export type PlainFrame = PlainMessage | PlainError;
