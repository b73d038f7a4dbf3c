/** The cases of values. Messages carry JSON only, because a network would change or drop any other value. */
import type { ChannelMessage } from "../../layers/layer.ts";
import { same } from "./assertions.ts";
import { numbered, type KitCase } from "./harness.ts";

class Visitor {
  readonly name = "mina";
}

function cycle(): object {
  const object: { inner?: object } = {};
  object.inner = object;
  return object;
}

/** Values that JSON drops or changes, by their kind. */
const REFUSED: Readonly<Record<string, unknown>> = {
  bytes: Uint8Array.of(1),
  "a date": new Date(0),
  "a map": new Map([["name", "mina"]]),
  "a set": new Set(["mina"]),
  "an object of a class": new Visitor(),
  "a bigint": 1n,
  "a function": () => 1,
  "a symbol": Symbol("mina"),
  NaN: Number.NaN,
  "an infinity": -Infinity,
  "undefined in a list": [undefined],
  "an object that contains itself": cycle(),
};

/** The cases of each kind of value. */
export const VALUE_CASES: readonly KitCase[] = [
  ...Object.entries(REFUSED).map(([kind, refused]): KitCase => ({
    title: `refuses a message with ${kind}`,
    async check(kit) {
      await using layer = await kit.create();
      await layer.groupAdd("group", "channel");
      for (const [place, value] of [
        ["a field", refused],
        ["a list", ["text", refused]],
        ["an object", { inner: refused }],
      ] as const) {
        const message: ChannelMessage & { readonly value: unknown } = { type: "test.value", value };
        const what = `${kind} in ${place}`;
        await kit.rejects(layer.send("channel", message), "CHANNELS_INVALID_MESSAGE", `send of ${what}`);
        await kit.rejects(layer.groupSend("group", message), "CHANNELS_INVALID_MESSAGE", `groupSend of ${what}`);
      }
      same(await kit.nextNumber(layer, "channel"), -1, "the next message");
    },
  })),
  {
    title: "accepts a property that is undefined, which JSON leaves out",
    async check(kit) {
      await using layer = await kit.create();
      await layer.groupAdd("group", "channel");
      const message = { ...numbered(1), none: undefined, inner: { none: undefined } };
      await layer.send("channel", message);
      await layer.groupSend("group", message);
      for (const call of ["send", "groupSend"]) {
        same(await kit.next(layer, "channel"), { ...numbered(1), inner: {} }, `the message of ${call}`);
      }
    },
  },
];
