// The exports of @lobby/protocol. `npm run describe` writes this file.

import { z } from "zod";

export declare function checkMessageText(text: string): TextCheck<MessageText, MessageTextCode>;

export declare function checkNickname(text: string): TextCheck<Nickname, NicknameCode>;

export declare function checkRoomName(text: string): TextCheck<RoomName, RoomNameCode>;

export declare function codePointNotation(character: string): string;

export declare function countCodePoints(text: string): number;

export declare const EMOJI: RegExp;

export declare const INDEX_PATH = "/chat/";

export declare const MAX_FRAME_BYTES = 131072;

export declare const MAX_MARKS_IN_A_ROW = 30;

export declare const MAX_MESSAGE_CODE_POINTS = 4000;

export declare const MAX_MESSAGE_ID_CODE_POINTS = 64;

export declare const MAX_NICKNAME_CODE_POINTS = 32;

export declare const MAX_ROOM_NAME_CODE_POINTS = 64;

export type MessageText = string & { readonly __brand: "MessageText" };

export type MessageTextCode =
  | "LOBBY_MESSAGE_EMPTY"
  | "LOBBY_MESSAGE_TOO_LONG"
  | "LOBBY_MESSAGE_MARKS"
  | "LOBBY_MESSAGE_CHARACTERS";

export type Nickname = string & { readonly __brand: "Nickname" };

export type NicknameCode =
  | "LOBBY_NICKNAME_EMPTY"
  | "LOBBY_NICKNAME_TOO_LONG"
  | "LOBBY_NICKNAME_MARKS"
  | "LOBBY_NICKNAME_CHARACTERS"
  | "LOBBY_NICKNAME_INVISIBLE";

export interface PlainAuthor {
  readonly id: string;
  readonly name: string;
}

export interface PlainError {
  readonly error: { readonly code: string; readonly message: string; readonly retryAfterMs?: number | undefined };
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

export declare const ROOM_PATTERN = "/chat/:room/";

export declare const ROOM_SOCKET_PATTERN = "/ws/chat/:room/";

export type RoomName = string & { readonly __brand: "RoomName" };

export type RoomNameCode =
  | "LOBBY_ROOM_NAME_EMPTY"
  | "LOBBY_ROOM_NAME_TOO_LONG"
  | "LOBBY_ROOM_NAME_MARKS"
  | "LOBBY_ROOM_NAME_CHARACTERS"
  | "LOBBY_ROOM_NAME_INVISIBLE";

export declare function roomPath(room: RoomName): string;

export declare function roomSocketPath(room: RoomName): string;

export type TakenNameCode = "LOBBY_ROOM_NAME_CONFUSABLE" | "LOBBY_NICKNAME_RESERVED";

export type TemporaryCode =
  | "LOBBY_NOT_READABLE"
  | "LOBBY_NOT_STORED"
  | "LOBBY_SERVER_BUSY"
  | "LOBBY_TOO_FAST"
  | "LOBBY_TOO_MANY_CONNECTIONS"
  | "LOBBY_TOO_MANY_GUESTS"
  | "LOBBY_TOO_MANY_ROOMS";

export interface TextBreach<Code extends string> {
  readonly ok: false;
  readonly code: Code;
  readonly character?: string;
  readonly excess?: number;
}

export type TextCheck<Text extends string, Code extends string> =
  | { readonly ok: true; readonly value: Text }
  | TextBreach<Code>;
