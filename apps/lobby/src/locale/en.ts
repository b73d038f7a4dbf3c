import {
  MAX_MARKS_IN_A_ROW,
  MAX_MESSAGE_CODE_POINTS,
  MAX_MESSAGE_ID_CODE_POINTS,
  MAX_NICKNAME_CODE_POINTS,
  MAX_ROOM_NAME_CODE_POINTS,
} from "@lobby/protocol";
import { groupDigits } from "./group-digits.ts";
import type { Phrases } from "./phrases.ts";

/** The English phrases. */
export const english: Phrases = {
  languageTag: "en",
  refusals: {
    CHANNELS_TEXT_EXPECTED: "Send text frames. This server does not accept binary frames.",
    CHANNELS_INVALID_JSON: "This frame is not valid JSON, or has too many levels or values.",
    CHANNELS_INVALID_INPUT: `Send {"message": "…"} with a string as "message". An "id" is optional, a string of 1 to ${MAX_MESSAGE_ID_CODE_POINTS} characters.`,
    LOBBY_ROOM_NAME_EMPTY: "A room needs a name.",
    LOBBY_ROOM_NAME_TOO_LONG: `A room's name has at most ${MAX_ROOM_NAME_CODE_POINTS} characters.`,
    LOBBY_ROOM_NAME_MARKS: (mark) =>
      `A room's name has at most ${MAX_MARKS_IN_A_ROW} marks in a row, and ${mark} is one too many.`,
    LOBBY_ROOM_NAME_CHARACTERS: (character) =>
      character === undefined
        ? 'A room\'s name cannot be "." or "..".'
        : `A room's name cannot have ${character}. Please remove it.`,
    LOBBY_ROOM_NAME_INVISIBLE: (character) =>
      `A room's name cannot have the invisible character ${character}. Please remove it.`,
    LOBBY_ROOM_NAME_CONFUSABLE: (room) =>
      `This name looks like that of the open room "${room}". Please enter that room, or choose another name.`,
    LOBBY_MESSAGE_EMPTY: "A message needs some text.",
    LOBBY_MESSAGE_TOO_LONG: `A message has at most ${groupDigits(MAX_MESSAGE_CODE_POINTS)} characters.`,
    LOBBY_MESSAGE_MARKS: (mark) =>
      `A message has at most ${MAX_MARKS_IN_A_ROW} marks in a row, and ${mark} is one too many.`,
    LOBBY_MESSAGE_CHARACTERS: (character) => `A message cannot have ${character}. Please remove it.`,
    LOBBY_NICKNAME_EMPTY: "A nickname needs some text.",
    LOBBY_NICKNAME_TOO_LONG: `A nickname has at most ${MAX_NICKNAME_CODE_POINTS} characters.`,
    LOBBY_NICKNAME_MARKS: (mark) =>
      `A nickname has at most ${MAX_MARKS_IN_A_ROW} marks in a row, and ${mark} is one too many.`,
    LOBBY_NICKNAME_CHARACTERS: (character) => `A nickname cannot have ${character}. Please remove it.`,
    LOBBY_NICKNAME_INVISIBLE: (character) =>
      `A nickname cannot have the invisible character ${character}. Please remove it.`,
    LOBBY_NICKNAME_RESERVED: (name) => `Only the server may use the name "${name}". Please choose another one.`,
    LOBBY_SERVER_BUSY: "Too many people are here at once. Please wait a moment.",
    LOBBY_TOO_FAST: "That was too fast. Please wait a moment.",
    LOBBY_TOO_MANY_CONNECTIONS: "Too many connections came from your network. Please wait a moment.",
    LOBBY_TOO_MANY_ROOMS:
      "Too many new rooms were opened from your network. Please wait a moment, or use an open room.",
    LOBBY_TOO_MANY_GUESTS: "Too many new guests came from your network. Please wait a moment.",
    LOBBY_NOT_READABLE: "The server cannot read this at the moment. Please try again later.",
    LOBBY_NOT_STORED: "The server could not store this. Nothing was changed. Please try again later.",
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
    messageCount: (count) => (count === 1 ? "1 message" : `${groupDigits(count)} messages`),
  },
  room: {
    allRooms: "All rooms",
    log: "Messages",
    empty: "Nothing has been said here yet. Say hello.",
    messageLabel: "Message",
    placeholder: "Write a message",
    send: "Send",
    needsScript: "You can read without JavaScript. To write, please turn it on.",
    connecting: "Connecting …",
    reconnecting: "The connection was lost. Trying again …",
    newMessages: "New messages",
    gap: "Some messages between these are not shown",
    notSent: "Not sent",
    perhapsSent: "Perhaps sent: the page lacks some messages",
    retry: "Send again",
    tooFast: "A little fast. This will be sent in {seconds} s.",
    sendsLater: "This will be sent in {seconds} s.",
    cancel: "Cancel",
    sent: "Sent.",
    canceled: "Canceled. The text is back in the field.",
    tooLong: "Too long by {count}",
  },
  nickname: {
    open: "Change your name",
    label: "Your name",
    hint: "Your earlier messages keep the old name.",
    save: "Save",
    savesLater: "This will be saved in {seconds} s.",
    saved: "The name was saved.",
    failed: "The name could not be saved. Please try again.",
  },
  errors: {
    notFoundTitle: "Nothing here",
    notFound: "There is nothing at this address.",
    badRequestTitle: "Invalid request",
    badAddress: "This address contains text that is not valid UTF-8.",
    failedTitle: "Something went wrong",
    failed: "The server could not handle this request. Please try again.",
    forbidden: "This request came from another site and was refused.",
    tooLarge: "This request is too large. Please send at most 16 KiB.",
    formExpected: "This is not a form. Please send the fields as application/x-www-form-urlencoded.",
    brokenBody: "This request did not arrive in full. Please send it again.",
    methodNotAllowed: "This address does not accept this kind of request.",
    misdirected: (address) => `Please open this server at ${address}`,
    unknownHost: (address) =>
      `This server does not answer for this address. If the address is right, start Lobby with --public-url ${address}`,
    home: "Back to the rooms",
  },
};
