export { INDEX_PATH, ROOM_PATTERN, ROOM_SOCKET_PATTERN, roomPath, roomSocketPath } from "./addresses.ts";
export { codePointNotation } from "./code-point.ts";
export { EMOJI } from "./emoji.ts";
export {
  MAX_FRAME_BYTES,
  MAX_MARKS_IN_A_ROW,
  MAX_MESSAGE_CODE_POINTS,
  MAX_MESSAGE_ID_CODE_POINTS,
  MAX_NICKNAME_CODE_POINTS,
  MAX_ROOM_NAME_CODE_POINTS,
} from "./limits.ts";
export { checkMessageText, type MessageText, type MessageTextCode } from "./message-text.ts";
export { checkNickname, type Nickname, type NicknameCode } from "./nickname.ts";
export {
  plainInput,
  type PlainAuthor,
  type PlainError,
  type PlainFrame,
  type PlainInput,
  type PlainMessage,
} from "./plain.ts";
export { checkRoomName, type RoomName, type RoomNameCode } from "./room-name.ts";
export type { TakenNameCode } from "./taken-name-code.ts";
export type { TemporaryCode } from "./temporary-code.ts";
export { countCodePoints, type TextBreach, type TextCheck } from "./text.ts";
