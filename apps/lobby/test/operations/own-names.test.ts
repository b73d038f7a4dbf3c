import assert from "node:assert/strict";
import { test } from "node:test";
import { ownNames } from "../../src/operations/own-names.ts";

for (const [machine, listenHost, names] of [
  ["attic", "127.0.0.1", ["attic", "attic.local", "127.0.0.1"]],
  ["Attic.local", "::1", ["attic.local", "attic"]],
  ["attic.office.example", "0.0.0.0", ["attic.office.example", "attic", "attic.local", "0.0.0.0"]],
  ["attic", "chat.lan", ["attic", "attic.local", "chat.lan"]],
  ["not a name", "localhost", ["localhost"]],
] as const) {
  test(`the machine ${machine} that listens at ${listenHost} has the names ${names.join(", ")}`, () => {
    assert.deepEqual([...ownNames(listenHost, machine)], names);
  });
}
