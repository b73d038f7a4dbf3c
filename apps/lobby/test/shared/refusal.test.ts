import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNickname } from "../../src/people/person.ts";
import { parseMessageText } from "../../src/rooms/entry.ts";
import { parseRoomName } from "../../src/rooms/room.ts";
import { Refusal } from "../../src/shared/refusal.ts";

test("each feature returns the normalized text of a valid input", () => {
  assert.equal(parseRoomName("로비".normalize("NFD")), "로비");
  assert.equal(parseMessageText(" 안녕 ".normalize("NFD")), " 안녕 ");
  assert.equal(parseNickname(" 철수 ".normalize("NFD")), "철수");
});

test("each feature refuses an invalid input with the code of the failed check", () => {
  for (const [parse, text, code] of [
    [parseRoomName, "a/b", "LOBBY_ROOM_NAME_CHARACTERS"],
    [parseMessageText, " ", "LOBBY_MESSAGE_EMPTY"],
    [parseNickname, "가".repeat(33), "LOBBY_NICKNAME_TOO_LONG"],
  ] as const) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof Refusal && error.code === code,
    );
  }
});
