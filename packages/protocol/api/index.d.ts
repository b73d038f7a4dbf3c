// What @lobby/protocol exports. Written by `npm run api`.

import { z } from "zod";

export declare function countCodePoints(text: string): number;

export declare const MAX_MESSAGE_CODE_POINTS = 4000;

export declare const MAX_MESSAGE_ID_CODE_POINTS = 64;

export declare const MAX_NICKNAME_CODE_POINTS = 32;

export declare const MAX_ROOM_NAME_CODE_POINTS = 64;

export interface PlainAuthor {
  readonly id: string;
  readonly name: string;
}

export interface PlainError {
  readonly error: { readonly code: string; readonly message: string };
  readonly id?: string | undefined;
}

export type PlainFrame = PlainMessage | PlainError;

export declare const plainInput: z.ZodObject<{ message: z.ZodString; id: z.ZodOptional<z.ZodString> }>;

export type PlainInput = z.infer<typeof plainInput>;

export interface PlainMessage {
  readonly message: string;
  readonly id?: string | undefined;
  readonly room: string;
  readonly seq: number;
  readonly author: PlainAuthor;
  readonly atMs: number;
}
