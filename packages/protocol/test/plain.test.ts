import assert from "node:assert/strict";
import { test } from "node:test";
import { plainInput, type PlainError, type PlainFrame, type PlainInput, type PlainMessage } from "../src/index.ts";

test("an object with a string as its message is valid", () => {
  for (const message of ["hi", "", "안녕 👋", "\0"]) assert.deepEqual(plainInput.parse({ message }), { message });
});

test("a message can have an id of 1 to 64 code points", () => {
  for (const id of ["1", "안녕", "x".repeat(64), "👋".repeat(64)]) {
    assert.deepEqual(plainInput.parse({ message: "hi", id }), { message: "hi", id });
  }
  for (const id of ["", "x".repeat(65), "👋".repeat(65), 1, null, {}, ["1"]]) {
    const { success, error } = plainInput.safeParse({ message: "hi", id });
    assert.deepEqual([success, error?.issues[0]?.path], [false, ["id"]], JSON.stringify(id));
  }
});

test("parsing removes every other field", () => {
  const input: unknown = JSON.parse('{"message": "hi", "seq": 1, "__proto__": {"admin": true}}');
  const parsed = plainInput.parse(input);
  assert.deepEqual(parsed, { message: "hi" });
  assert.deepEqual(Object.keys(parsed), ["message"]);
});

test("any other value is refused, and the issue names the field", () => {
  for (const input of [
    undefined,
    null,
    "hi",
    1,
    [],
    ["hi"],
    {},
    { message: 1 },
    { message: null },
    { message: ["hi"] },
  ]) {
    assert.equal(plainInput.safeParse(input).success, false, JSON.stringify(input));
  }
  assert.deepEqual(plainInput.safeParse({ message: 1 }).error?.issues[0]?.path, ["message"]);
});

test("the schema implements Standard Schema, which consumers expect", async () => {
  const { version, validate } = plainInput["~standard"];
  assert.equal(version, 1);
  assert.deepEqual(await validate({ message: "hi" }), { value: { message: "hi" } });
  assert.ok("issues" in (await validate({})));
});

test("a frame is a message or an error, and the field `error` tells which", () => {
  const input: PlainInput = { message: "hi" };
  const message: PlainMessage = { ...input, room: "로비", seq: 1, author: { id: "mina", name: "미나" }, atMs: 1 };
  const error: PlainError = { error: { code: "LOBBY_MESSAGE_EMPTY", message: "A message needs some text." } };
  assert.deepEqual([message, error].map(describe), ["미나", "LOBBY_MESSAGE_EMPTY"]);
});

function describe(frame: PlainFrame): string {
  return "error" in frame ? frame.error.code : frame.author.name;
}
