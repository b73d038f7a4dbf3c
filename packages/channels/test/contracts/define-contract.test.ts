/** Contracts: groups, frozen results, and errors that name the part, the value and the remedy. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { anyJson, defineContract, defineEvents } from "@lobby/channels";

const said = z.object({ text: z.string() });
const parts = {
  name: "chat",
  path: "/ws/:room/",
  client: { say: said },
  server: { said },
  events: { said },
  groups: { room: (room: string) => room, user: (id: string, device: number) => `${id}/${device}`, all: () => "" },
} as const;

describe("a group", () => {
  const { groups } = defineContract(parts);

  test("is named after its contract, its function and the value that the function returns", () => {
    assert.equal(groups.room("lobby"), "chat.room.lobby");
    assert.equal(groups.user("mina", 2), "chat.user.mina/2");
    assert.equal(groups.all(), "chat.all.");
  });

  test("of another contract or another function has another name, even for the same value", () => {
    const news = defineEvents({ name: "news", events: {}, groups: { room: (room: string) => room } });
    assert.deepEqual(
      [groups.room("a"), groups.user("a", 1), news.groups.room("a")],
      ["chat.room.a", "chat.user.a/1", "news.room.a"],
    );
  });

  test("keeps its name when another contract spreads its contract", () => {
    const chat = defineContract(parts);
    const plain = defineContract({ ...chat, path: "/ws/plain/:room/", client: anyJson, server: anyJson });
    const again = defineEvents({ name: plain.name, events: plain.events, groups: plain.groups });
    for (const contract of [plain, again]) assert.equal(contract.groups.room("lobby"), "chat.room.lobby");
  });

  test("calls its function without `this`", () => {
    const nameless = defineEvents({
      name: "x",
      events: {},
      groups: {
        self(this: unknown) {
          return String(this);
        },
      },
    });
    assert.equal(nameless.groups.self(), "x.self.undefined");
  });
});

describe("a contract", () => {
  test("has the parts that the developer passed", () => {
    const { name, path, client, server, events } = defineContract(parts);
    assert.deepEqual([name, path], ["chat", "/ws/:room/"]);
    assert.deepEqual([client, server, events], [parts.client, parts.server, parts.events]);
  });

  test("is frozen, and so are its groups", () => {
    for (const contract of [defineContract(parts), defineEvents({ name: "work", events: { said } })]) {
      assert.ok(Object.isFrozen(contract) && Object.isFrozen(contract.groups));
      assert.throws(() => Object.assign(contract, { name: "other" }), TypeError);
    }
  });

  test("of events only has no groups when it names none", () => {
    assert.deepEqual(Object.keys(defineEvents({ name: "work", events: { said } }).groups), []);
  });

  test("leaves the developer's object unchanged", () => {
    const own = { ...parts, groups: { ...parts.groups } };
    defineContract(own);
    assert.equal(own.groups.room("lobby"), "lobby");
  });
});

/** Values that the compiler refuses. */
const wrong = (value: unknown): never => value as never;

describe("a malformed contract gives the error:", () => {
  for (const [sentence, attempt] of [
    ["defineContract takes its options as an object, got `null`.", () => defineContract(wrong(null))],
    [
      "defineContract has no option `group`, only `name`, `path`, `client`, `server`, `events`, `groups`.",
      () => defineContract(wrong({ ...parts, group: {} })),
    ],
    [
      'Expected `name` of a contract to be text without ".", got `undefined`.',
      () => defineContract(wrong({ ...parts, name: undefined })),
    ],
    ['Expected `name` of a contract to be text without ".", got "".', () => defineContract({ ...parts, name: "" })],
    [
      'Expected `name` of a contract to be text without ".", got "chat.room".',
      () => defineContract({ ...parts, name: "chat.room" }),
    ],
    [
      'Expected the name of a group to be text without ".", got "room.x".',
      () => defineContract({ ...parts, groups: { "room.x": () => "" } }),
    ],
    [
      "Expected `path` of a contract to be a path such as `/ws/chat/:room/`, got `undefined`.",
      () => defineContract(wrong({ ...parts, path: undefined })),
    ],
    [
      'Expected `path` of a contract to be a path such as `/ws/chat/:room/`, got "ws".',
      () => defineContract(wrong({ ...parts, path: "ws" })),
    ],
    [
      "Expected `client` of a contract to be a table of schemas, got `undefined`.",
      () => defineContract(wrong({ ...parts, client: undefined })),
    ],
    [
      "Expected `server` of a contract to be a table of schemas, got `5`.",
      () => defineContract(wrong({ ...parts, server: 5 })),
    ],
    [
      "Expected `events` of a contract to be a table of schemas, got a function.",
      () => defineContract(wrong({ ...parts, events: () => said })),
    ],
    [
      'Expected a schema for "say" of a contract, got `5`.',
      () => defineContract(wrong({ ...parts, client: { say: 5 } })),
    ],
    [
      'Expected a schema for "said" of a contract, got an object.',
      () => defineContract(wrong({ ...parts, server: { said: { "~standard": {} } } })),
    ],
    [
      'Expected a schema for "said" of a contract, got `null`.',
      () => defineContract(wrong({ ...parts, events: { said: null } })),
    ],
    [
      "Expected `groups` of a contract to be a table of functions, got `5`.",
      () => defineContract(wrong({ ...parts, groups: 5 })),
    ],
    [
      "Expected `groups` of a contract to be a table of functions, got `undefined`.",
      () => defineContract(wrong({ ...parts, groups: undefined })),
    ],
    [
      'Expected `groups.room` to be a function, got "lobby".',
      () => defineContract(wrong({ ...parts, groups: { room: "lobby" } })),
    ],
    ["defineEvents takes its options as an object, got a list.", () => defineEvents(wrong([]))],
    [
      "defineEvents has no option `path`, only `name`, `events`, `groups`.",
      () => defineEvents(wrong({ name: "work", path: "/", events: {} })),
    ],
    [
      'Expected `name` of a contract to be text without ".", got `5`.',
      () => defineEvents(wrong({ name: 5, events: {} })),
    ],
    [
      "Expected `events` of a contract to be a table of schemas, got `undefined`.",
      () => defineEvents(wrong({ name: "work" })),
    ],
    [
      "Expected `groups.all` to be a function, got an object.",
      () => defineEvents(wrong({ name: "work", events: {}, groups: { all: {} } })),
    ],
  ] as const) {
    test(sentence, () => {
      assert.throws(attempt, { code: "CHANNELS_CONFIGURATION", message: sentence });
    });
  }
});
