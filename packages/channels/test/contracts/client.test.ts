/** The client of a contract, over a WebSocket of any library. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { ContractClient, defineContract, type ClientSocket, type StandardSchema } from "@lobby/channels";
import type { ContractClientOptions } from "../../src/contracts/client.ts";

const chat = defineContract({
  name: "chat",
  path: "/",
  client: { say: z.object({ text: z.string() }), leave: z.object({}) },
  server: { said: z.object({ text: z.string().trim() }), left: z.object({}) },
  events: {},
  groups: {},
});

/** A WebSocket that records the client's calls, and whose messages a test sends by hand. */
class FakeSocket implements ClientSocket {
  readyState = 1;
  readonly sent: string[] = [];
  readonly closes: unknown[][] = [];
  readonly #listeners: ((event: { readonly data: unknown }) => void)[] = [];

  send(text: string): void {
    this.sent.push(text);
  }
  close(...reason: unknown[]): void {
    this.closes.push(reason);
  }
  addEventListener(_type: "message", listener: (event: { readonly data: unknown }) => void): void {
    this.#listeners.push(listener);
  }
  arrive(data: unknown): void {
    for (const listener of this.#listeners) listener({ data });
  }
}

function connect(options?: ContractClientOptions): { socket: FakeSocket; client: ContractClient<typeof chat> } {
  const socket = new FakeSocket();
  return { socket, client: new ContractClient(socket, chat, options) };
}

const hello = JSON.stringify({ type: "said", text: " hello ", extra: 1 });

describe("on", () => {
  test("calls the handler with the validated output of each message of its kind", () => {
    const { socket, client } = connect();
    const seen: unknown[] = [];
    client.on("said", (message) => seen.push(message));
    client.on("left", (message) => seen.push(message));
    for (const data of [hello, '{"type":"left"}', hello]) socket.arrive(data);
    const said = { type: "said", text: "hello" };
    assert.deepEqual(seen, [said, { type: "left" }, said]);
  });

  test("adds several handlers of one kind, and each returned function removes one", () => {
    const { socket, client } = connect();
    const seen: string[] = [];
    const [stopOne, stopTwo] = ["one", "two"].map((name) => client.on("said", () => seen.push(name)));
    socket.arrive(hello);
    stopOne?.();
    stopOne?.();
    socket.arrive(hello);
    stopTwo?.();
    socket.arrive(hello);
    assert.deepEqual(seen, ["one", "two", "two"]);
  });

  test("adds a handler after the last one was removed", () => {
    const { socket, client } = connect();
    const seen: string[] = [];
    client.on("said", () => seen.push("first"))();
    client.on("said", ({ text }) => seen.push(text));
    socket.arrive(hello);
    assert.deepEqual(seen, ["hello"]);
  });

  test("calls every handler although one throws, and throws its error in a microtask", (t) => {
    const microtasks: (() => void)[] = [];
    t.mock.method(globalThis, "queueMicrotask", (microtask: () => void) => microtasks.push(microtask));
    const failures = ["on", "onRefused", "onInvalid"].map((name) => new Error(name));
    const fail = (index: number) => (): never => {
      throw failures[index];
    };
    const { socket, client } = connect({ onRefused: fail(1), onInvalid: fail(2) });
    const seen: string[] = [];
    client.on("said", fail(0));
    client.on("said", ({ text }) => seen.push(text));
    for (const data of [hello, '{"error":{"code":"A","message":"b"}}', '{"type":"said"}', hello]) socket.arrive(data);
    assert.deepEqual(seen, ["hello", "hello"]);
    const thrown = microtasks.map((microtask) => {
      try {
        return microtask();
      } catch (error) {
        return error;
      }
    });
    assert.deepEqual(thrown, [...failures, failures[0]]);
  });

  test("ignores a valid message without a handler", () => {
    const { socket } = connect({ onInvalid: () => assert.fail("the message is valid") });
    socket.arrive(hello);
  });
});

test("with one schema for all messages, the kind is `message`", () => {
  const socket = new FakeSocket();
  const plain = defineContract({
    ...chat,
    client: z.object({ n: z.int() }),
    server: z.object({ message: z.string() }),
  });
  const client = new ContractClient(socket, plain);
  const seen: unknown[] = [];
  client.on("message", ({ message }) => seen.push(message));
  socket.arrive('{"message":"hi","type":"said"}');
  client.send({ n: 1 });
  assert.deepEqual([seen, socket.sent], [["hi"], ['{"n":1}']]);
});

describe("send", () => {
  test("sends one JSON text and returns true while the connection is open", () => {
    const { socket, client } = connect();
    assert.equal(client.send({ type: "say", text: "hello" }), true);
    assert.equal(client.send({ type: "leave" }), true);
    assert.deepEqual(socket.sent, ['{"type":"say","text":"hello"}', '{"type":"leave"}']);
  });

  for (const [state, readyState] of [
    ["connecting", 0],
    ["closing", 2],
    ["closed", 3],
  ] as const) {
    test(`returns false and sends nothing while the connection is ${state}`, () => {
      const { socket, client } = connect();
      socket.readyState = readyState;
      assert.equal(client.send({ type: "leave" }), false);
      assert.deepEqual(socket.sent, []);
    });
  }
});

test("close passes its code and reason to the socket", () => {
  const { socket, client } = connect();
  client.close();
  client.close(4000, "bye");
  assert.deepEqual(socket.closes, [
    [undefined, undefined],
    [4000, "bye"],
  ]);
});

/** Connects, and records refusals, invalid frames and valid messages. */
function watch(): { socket: FakeSocket; seen: unknown[] } {
  const seen: unknown[] = [];
  const { socket, client } = connect({
    onRefused: (refusal) => seen.push(["refused", refusal]),
    onInvalid: (issues, data) => seen.push(["invalid", issues[0]?.message, data]),
  });
  client.on("said", () => seen.push("said"));
  return { socket, seen };
}

describe("a frame of the server", () => {
  test("with an error is a refusal", () => {
    const { socket, seen } = watch();
    socket.arrive('{"error":{"code":"CHANNELS_INVALID_INPUT","message":"text: Required"}}');
    assert.deepEqual(seen, [["refused", { code: "CHANNELS_INVALID_INPUT", message: "text: Required" }]]);
  });

  for (const [data, issue] of [
    ['{"type":"said"}', "Invalid input: expected string, received undefined"],
    ['{"type":"shouted","text":"hello"}', 'Expected one of "said", "left"'],
    ['{"type":"__proto__"}', 'Expected one of "said", "left"'],
    ['{"type":"toString"}', 'Expected one of "said", "left"'],
    ['{"text":"hello"}', 'Expected one of "said", "left"'],
    ['{"error":{"code":5,"message":"b"}}', 'Expected one of "said", "left"'],
    ['{"error":"CODE"}', 'Expected one of "said", "left"'],
    ["null", 'Expected one of "said", "left"'],
    ["5", 'Expected one of "said", "left"'],
    ["[]", 'Expected one of "said", "left"'],
    ["{", "Expected JSON."],
    ["", "Expected JSON."],
    [new ArrayBuffer(2), "Expected JSON."],
    [new Blob(["{}"]), "Expected JSON."],
  ] as const) {
    test(`that breaks the contract reaches onInvalid and no handler: ${JSON.stringify(data)}`, () => {
      const { socket, seen } = watch();
      socket.arrive(data);
      assert.deepEqual(seen, [["invalid", issue, data]]);
      socket.arrive(hello);
      assert.equal(seen.at(-1), "said");
    });
  }

  test("that breaks the contract, or refuses a message, has no effect without options", () => {
    const { socket } = connect();
    for (const data of ["{", '{"type":"said"}', '{"error":{"code":"A","message":"b"}}']) socket.arrive(data);
  });

  test("of a kind whose schema validates asynchronously throws in the socket's listener", () => {
    const late: StandardSchema<object> = {
      "~standard": { version: 1, vendor: "test", validate: async (value) => ({ value: value as object }) },
    };
    const socket = new FakeSocket();
    new ContractClient(socket, defineContract({ ...chat, server: { late } })).on("late", () => assert.fail("called"));
    assert.throws(() => socket.arrive('{"type":"late"}'), {
      code: "CHANNELS_CONFIGURATION",
      message: "Expected the server's messages to have synchronous schemas, got a promise.",
    });
  });
});
