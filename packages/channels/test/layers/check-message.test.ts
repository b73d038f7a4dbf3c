import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { InMemoryChannelLayer, type SentMessage } from "@lobby/channels";

class Visitor {
  readonly name = "mina";
}

const circle: { type: string; round?: unknown } = { type: "note" };
circle.round = [circle];

describe("a message", () => {
  for (const message of [{}, { type: "" }, { type: 1 }, { type: null }, null, undefined, "note", 1, []]) {
    test(`${JSON.stringify(message)} has no type and is refused`, async () => {
      const layer = new InMemoryChannelLayer();
      await layer.groupAdd("room", "worker");
      await assert.rejects(layer.send("worker", message as SentMessage), { code: "CHANNELS_INVALID_MESSAGE" });
      await assert.rejects(layer.groupSend("room", message as SentMessage), { code: "CHANNELS_INVALID_MESSAGE" });
      assert.equal(layer.dropped, 0);
    });
  }

  for (const [value, what] of [
    [Uint8Array.of(1), "Uint8Array at message.value"],
    [Buffer.of(1), "Buffer at message.value"],
    [new ArrayBuffer(1), "ArrayBuffer at message.value"],
    [new Map(), "Map at message.value"],
    [new Visitor(), "Visitor at message.value"],
    [Promise.resolve(), "Promise at message.value"],
    [1n, "bigint at message.value"],
    [() => 1, "function at message.value"],
    [Symbol("a"), "symbol at message.value"],
    [Number.NaN, "NaN at message.value"],
    [-Infinity, "-Infinity at message.value"],
    [["a", { b: [null, new Set()] }], "Set at message.value.1.b.1"],
    [["a", undefined], "undefined at message.value.1"],
    [Array(1), "undefined at message.value.0"],
    [circle, "an object within itself at message.value.round.0.round.0"],
  ] as const) {
    test(`with ${what} is refused, since JSON would make something else of it`, async () => {
      const layer = new InMemoryChannelLayer();
      const message = new RegExp(`and in it "${RegExp.escape(what)}`);
      const expected = { code: "CHANNELS_INVALID_MESSAGE", message };
      await assert.rejects(layer.send("worker", { type: "note", value }), expected);
      await assert.rejects(layer.groupSend("room", { type: "note", value }), expected);
    });
  }

  test("is refused when it is of a class itself", async () => {
    class Note {
      readonly type = "note";
    }
    await assert.rejects(new InMemoryChannelLayer().send("worker", new Note()), /in it "Note at message"/);
  });

  test("with what JSON has, with dates, and with what is not there, goes through as it is", async () => {
    const layer = new InMemoryChannelLayer();
    const fromElsewhere: unknown = runInContext("({ a: [1, { b: null }] })", createContext());
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    const deep = JSON.parse("[".repeat(400) + "]".repeat(400)) as unknown;
    const values = ["", "로비", 0, -1.5, true, null, undefined, [], {}, new Date(0), fromElsewhere, bare, deep];
    for (const value of values) {
      await layer.send("worker", { type: "note", value });
      assert.equal(((await layer.receive("worker")) as unknown as { value: unknown }).value, value);
    }
  });
});
