import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InMemoryChannelLayer } from "@lobby/channels";
import { InvalidNameError } from "../../src/errors.ts";
import { MAX_NAME_LENGTH } from "../../src/layers/names.ts";

const note = { type: "note", text: "hello" };

/** Every call of a layer with a name. */
const CALLS: readonly [string, (layer: InMemoryChannelLayer, name: string) => Promise<unknown>][] = [
  ["send", (layer, name) => layer.send(name, note)],
  ["receive", (layer, name) => layer.receive(name, { signal: AbortSignal.abort() })],
  ["groupAdd to a group", (layer, name) => layer.groupAdd(name, layer.newChannel())],
  ["groupAdd of a channel", (layer, name) => layer.groupAdd("room", name)],
  ["groupDiscard from a group", (layer, name) => layer.groupDiscard(name, layer.newChannel())],
  ["groupDiscard of a channel", (layer, name) => layer.groupDiscard("room", name)],
  ["groupSend", (layer, name) => layer.groupSend(name, note)],
];

describe("a name", () => {
  for (const [what, name] of [
    ["of one letter", "a"],
    ["of 512 code units", "a".repeat(512)],
    ["of 256 emoji, which are 512 code units", "😀".repeat(256)],
    ["in Korean", "로비"],
    ["with spaces and line breaks", " a b\n"],
    ["with every punctuation mark", "~@#$%^&*()_+-=[]{};':\",./<>?|\\`"],
    ["with a zero byte", "\0"],
    ["of a property that every object has", "__proto__"],
  ] as const) {
    test(`${what} is valid for a channel and a group`, async () => {
      const layer = new InMemoryChannelLayer();
      await layer.send(name, note);
      assert.deepEqual(await layer.receive(name), note);
      await layer.groupAdd(name, name);
      await layer.groupSend(name, note);
      assert.deepEqual(await layer.receive(name), note);
    });
  }

  for (const [what, name] of [
    ["that is empty", ""],
    ["of 513 code units", "a".repeat(513)],
    ["of 257 emoji, which are 514 code units", "😀".repeat(257)],
    ["with a lone high surrogate", "a\ud83d"],
    ["with a lone low surrogate", "\ude00b"],
    ["that is a number", 1 as unknown as string],
    ["that is null", null as unknown as string],
    ["that is missing", undefined as unknown as string],
  ] as const) {
    test(`${what} is refused by every call`, async () => {
      const layer = new InMemoryChannelLayer();
      for (const [call, run] of CALLS) {
        if (typeof name !== "string" && call.endsWith("of a channel")) continue;
        await assert.rejects(run(layer, name), InvalidNameError, call);
      }
    });
  }

  test("has an exported limit", () => {
    assert.equal(MAX_NAME_LENGTH, 512);
  });

  test("that differs by a trailing line break, or by normalisation, is another name", async () => {
    const layer = new InMemoryChannelLayer();
    const [nfc, nfd] = ["로비".normalize("NFC"), "로비".normalize("NFD")];
    const names = ["room", "room\n", "Room", nfc, nfd];
    for (const name of names) await layer.send(name, { type: "to", name });
    for (const name of names) assert.deepEqual(await layer.receive(name), { type: "to", name });
  });

  test("that is refused appears in the error, cut short", async () => {
    const layer = new InMemoryChannelLayer();
    await assert.rejects(layer.groupSend("a".repeat(100_000), note), (error: InvalidNameError) => {
      assert.match(
        error.message,
        /^Expected a group name that is well-formed text of 1 to 512 UTF-16 code units, got "a+…"\.$/,
      );
      assert.ok(error.message.length < 250);
      assert.equal(error.code, "CHANNELS_INVALID_NAME");
      assert.equal(error.invalidName.length, 100_000);
      return true;
    });
  });
});
