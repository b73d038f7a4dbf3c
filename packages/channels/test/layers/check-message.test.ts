import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { InMemoryChannelLayer, type SentMessage } from "@lobby/channels";

class Visitor {
  readonly name = "mina";
}
class Visitors extends Array<string> {}
class Money {
  toJSON(): string {
    return "5 EUR";
  }
}

const cycle: { type: string; inner?: unknown } = { type: "note" };
cycle.inner = [cycle];

/** Returns a list that contains a list, and so on, this many levels deep. */
function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level += 1) value = [value];
  return value;
}

function inOtherRealm(source: string): unknown {
  return runInContext(source, createContext());
}

describe("a layer", () => {
  for (const message of [{}, { type: "" }, { type: 1 }, { type: null }, null, undefined, "note", 1, []]) {
    test(`refuses ${JSON.stringify(message)}, which has no type`, async () => {
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
    [new Date(0), "Date at message.value"],
    [inOtherRealm("new Date(0)"), "Date at message.value"],
    [new URL("http://localhost/"), "URL at message.value"],
    [new Money(), "Money at message.value"],
    [{ toJSON: () => "5 EUR" }, "function at message.value.toJSON"],
    [new Visitor(), "Visitor at message.value"],
    [Visitors.of("mina"), "Visitors at message.value"],
    [inOtherRealm("class Guests extends Array {}; Guests.of(1)"), "Guests at message.value"],
    [Object("mina"), "String at message.value"],
    [new Error("boom"), "Error at message.value"],
    [Promise.resolve(), "Promise at message.value"],
    [1n, "bigint at message.value"],
    [() => 1, "function at message.value"],
    [Symbol("a"), "symbol at message.value"],
    [Number.NaN, "NaN at message.value"],
    [-Infinity, "-Infinity at message.value"],
    [["a", { b: [null, new Set()] }], "Set at message.value.1.b.1"],
    [["a", undefined], "undefined at message.value.1"],
    [Array(1), "undefined at message.value.0"],
    [cycle, "more than 500 levels, perhaps a cycle, at message.value.inner.0.inner.0"],
    [nested(501), "more than 500 levels, perhaps a cycle, at message.value.0.0"],
  ] as const) {
    test(`refuses a message with ${what}, which JSON drops or changes`, async () => {
      const layer = new InMemoryChannelLayer();
      const message = new RegExp(`with "${RegExp.escape(what)}`);
      const expected = { code: "CHANNELS_INVALID_MESSAGE", message };
      await assert.rejects(layer.send("worker", { type: "note", value }), expected);
      await assert.rejects(layer.groupSend("room", { type: "note", value }), expected);
    });
  }

  test("refuses a message that is an object of a class", async () => {
    class Note {
      readonly type = "note";
    }
    await assert.rejects(new InMemoryChannelLayer().send("worker", new Note()), /with "Note at message"/);
  });

  test("carries JSON, undefined properties included, as it is", async () => {
    const layer = new InMemoryChannelLayer();
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    const deep = JSON.parse("[".repeat(400) + "]".repeat(400)) as unknown;
    const foreign = inOtherRealm("({ a: [1, { b: null }] })");
    const values = ["", "로비", 0, -1.5, true, null, undefined, [], {}, { a: undefined }, foreign, bare, deep];
    for (const value of values) {
      await layer.send("worker", { type: "note", value });
      assert.equal(((await layer.receive("worker")) as unknown as { value: unknown }).value, value);
    }
  });
});
