import assert from "node:assert/strict";
import { test } from "node:test";
import { displayName, guestTag, parseNickname } from "../../src/people/person.ts";

test("the tag of a guest is the end of the id", () => {
  assert.equal(guestTag("1351a9e5-5c58-45ea-a412-7e35edd283b9"), "83b9");
});

test("others see the nickname, or else the guest name", () => {
  const mina = { id: "mina", guestName: "Guest mina" };
  assert.equal(displayName(mina, parseNickname("미나")), "미나");
  assert.equal(displayName(mina, undefined), "Guest mina");
});
