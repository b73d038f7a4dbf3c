import assert from "node:assert/strict";
import { test } from "node:test";
import { reservedNameLike } from "../../src/people/reserved-names.ts";

test("a nickname that looks like a name of the server is recognized in every case and script", () => {
  for (const [nickname, reserved] of [
    ["admin", "admin"],
    ["Admin", "admin"],
    ["\u0430dmin", "admin"],
    ["\u0391D\u039c\u0399\u039d", "admin"],
    ["ADM1N", "admin"],
    ["adm1n", "admin"],
    ["ａｄｍｉｎ", "admin"],
    ["ⓐⓓⓜⓘⓝ", "admin"],
    ["𝐚𝐝𝐦𝐢𝐧", "admin"],
    ["[admin]", "admin"],
    ["👑 admin 👑", "admin"],
    ["L0BBY", "lobby"],
    ["|obby", "lobby"],
    ["s\u0443stem", "system"],
    ["시스템", "시스템"],
    ["시 스 템", "시스템"],
    ["관리자✓", "관리자"],
    ["운영자", "운영자"],
  ] as const) {
    assert.equal(reservedNameLike(nickname), reserved, nickname);
  }
});

test("other nicknames stay free", () => {
  for (const nickname of ["Mina", "철수", "Adminna", "관리자님", "lobbyist", "!!!", "👋", "1", "로비스트"]) {
    assert.equal(reservedNameLike(nickname), undefined, nickname);
  }
});
