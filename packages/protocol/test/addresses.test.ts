import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkRoomName,
  INDEX_PATH,
  ROOM_PATTERN,
  ROOM_SOCKET_PATTERN,
  roomPath,
  roomSocketPath,
  type RoomName,
} from "../src/index.ts";

const NAMES = ["lobby", "로비", "a b", "50%", "a?b#c", "👩‍👩‍👧‍👦", `"><script>`, "a\\b", "a;b=c", "$&", ":room"];

test("the addresses have the form that links and clients rely on", () => {
  assert.equal(INDEX_PATH, "/chat/");
  assert.equal(ROOM_PATTERN, "/chat/:room/");
  assert.equal(ROOM_SOCKET_PATTERN, "/ws/chat/:room/");
  assert.equal(roomPath(roomName("로비")), "/chat/%EB%A1%9C%EB%B9%84/");
  assert.equal(roomSocketPath(roomName("로비")), "/ws/chat/%EB%A1%9C%EB%B9%84/");
});

test("every room name survives the way into an address and back", () => {
  for (const name of NAMES) {
    for (const [path, prefix] of [
      [roomPath(roomName(name)), "/chat/"],
      [roomSocketPath(roomName(name)), "/ws/chat/"],
    ] as const) {
      const resolved = new URL(path, "http://localhost").pathname;
      assert.equal(resolved, path);
      assert.match(path, new RegExp(`^${prefix}[^/]+/$`));
      assert.equal(decodeURIComponent(resolved.slice(prefix.length, -1)), name);
    }
  }
});

function roomName(text: string): RoomName {
  const check = checkRoomName(text);
  assert.ok(check.ok, text);
  return check.value;
}
