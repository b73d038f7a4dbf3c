export {
  countCodePoints,
  MAX_MESSAGE_CODE_POINTS,
  MAX_MESSAGE_ID_CODE_POINTS,
  MAX_NICKNAME_CODE_POINTS,
  MAX_ROOM_NAME_CODE_POINTS,
} from "./limits.ts";
export {
  plainInput,
  type PlainAuthor,
  type PlainError,
  type PlainFrame,
  type PlainInput,
  type PlainMessage,
} from "./plain.ts";
