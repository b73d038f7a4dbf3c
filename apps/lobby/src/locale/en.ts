import {
  MAX_MESSAGE_CODE_POINTS,
  MAX_MESSAGE_ID_CODE_POINTS,
  MAX_NICKNAME_CODE_POINTS,
  MAX_ROOM_NAME_CODE_POINTS,
} from "@lobby/protocol";
import type { Messages } from "./messages.ts";

export const english: Messages = {
  languageTag: "en",
  refusals: {
    CHANNELS_TEXT_EXPECTED: "Send text frames; binary frames are not taken here.",
    CHANNELS_INVALID_JSON: "This frame is not valid JSON.",
    CHANNELS_INVALID_INPUT: `Send {"message": "…"}, with text in "message"; an "id", if there is one, has 1 to ${MAX_MESSAGE_ID_CODE_POINTS} characters.`,
    LOBBY_ROOM_NAME_EMPTY: "A room needs a name.",
    LOBBY_ROOM_NAME_TOO_LONG: `A room's name has at most ${MAX_ROOM_NAME_CODE_POINTS} characters.`,
    LOBBY_ROOM_NAME_CHARACTERS:
      'A room\'s name cannot have "/", line breaks or control characters, nor be "." or "..".',
    LOBBY_MESSAGE_EMPTY: "A message needs some text.",
    // Made when it is asked for: the first number that is written in a language takes 6 MB.
    get LOBBY_MESSAGE_TOO_LONG() {
      return `A message has at most ${MAX_MESSAGE_CODE_POINTS.toLocaleString("en")} characters.`;
    },
    LOBBY_MESSAGE_CHARACTERS: "A message cannot have control characters.",
    LOBBY_NICKNAME_EMPTY: "A nickname needs some text.",
    LOBBY_NICKNAME_TOO_LONG: `A nickname has at most ${MAX_NICKNAME_CODE_POINTS} characters.`,
    LOBBY_NICKNAME_CHARACTERS: "A nickname cannot have control characters.",
  },
  guestName: (tag) => `Guest ${tag}`,
  index: {
    title: "Lobby",
    lead: "Open a room by its name and talk.",
    label: "What chat room would you like to enter?",
    placeholder: "lobby",
    enter: "Enter",
    rooms: "Open rooms",
    noRooms: "Nobody has said anything yet. Open the first room.",
    messageCount: (count) => (count === 1 ? "1 message" : `${count.toLocaleString("en")} messages`),
  },
  room: {
    allRooms: "All rooms",
    log: "Messages",
    empty: "Nothing has been said here yet. Say hello.",
    messageLabel: "Message",
    placeholder: "Write a message",
    send: "Send",
    needsScript: "Reading works without JavaScript; to write, please turn it on.",
    connecting: "Connecting …",
    reconnecting: "The connection was lost. Trying again …",
    newMessages: "New messages",
    notSent: "Not sent",
    retry: "Send again",
    tooLong: "Too long by {count}",
  },
  nickname: {
    open: "Change your name",
    label: "Your name",
    hint: "What you said before keeps the old name.",
    save: "Save",
    failed: "The name could not be saved. Please try again.",
  },
  errors: {
    notFoundTitle: "Nothing here",
    notFound: "There is nothing at this address.",
    badRequestTitle: "This does not work",
    badAddress: "This address is not valid text.",
    failedTitle: "Something went wrong",
    failed: "The server could not do that. Please try again.",
    forbidden: "This request came from another site and was refused.",
    tooLarge: "This request is too large.",
    methodNotAllowed: "This address does not take requests of this kind.",
    misdirected: (address) => `This server is at ${address}`,
    home: "To the rooms",
  },
};
