/** JSON consumers whose contract has one schema for all messages of clients. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  anyJson,
  consumer,
  defineContract,
  InMemoryChannelLayer,
  JsonWebSocketConsumer,
  type InvalidInput,
  type StandardSchema,
  type WebSocketApplication,
} from "@lobby/channels";
import type { SchemaIssue, SchemaResult } from "../../src/standard-schema.ts";
import { WebSocketCommunicator } from "@lobby/channels/testing";

interface Post {
  readonly message: string;
}

type Validate = StandardSchema<Post>["~standard"]["validate"];

/** Accepts `{ message }`, not empty, and trims it. */
function checkPost(value: unknown): SchemaResult<Post> {
  if (typeof value !== "object" || value === null) return { issues: [{ message: "Expected an object." }] };
  const issues: SchemaIssue[] = [];
  const { message, replies = [] } = value as { readonly message?: unknown; readonly replies?: readonly unknown[] };
  if (typeof message !== "string") issues.push({ message: "Expected a string.", path: ["message"] });
  else if (message.trim() === "") issues.push({ message: "Expected some text.", path: [{ key: "message" }] });
  for (const [index, reply] of replies.entries()) {
    if (typeof reply !== "number")
      issues.push({ message: "Expected a number.", path: ["replies", index, Symbol("id")] });
  }
  return issues.length === 0 ? { value: { message: String(message).trim() } } : { issues };
}

function schema(validate: Validate): StandardSchema<Post> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

/** Makes a chat that broadcasts each valid post. */
function chatWith(client: StandardSchema<Post>): WebSocketApplication {
  const events = { said: schema(checkPost) };
  const groups = { room: () => "room" };
  const chat = defineContract({ name: "chat", path: "/", client, server: schema(checkPost), events, groups });
  class Chat extends JsonWebSocketConsumer(chat) {
    static readonly handlers = this.handle({
      receive({ message }) {
        return this.groupSend(chat.groups.room(), { type: "said", message });
      },
      events: { said: { relay: ({ message }) => ({ message }) } },
    });
    override get groups() {
      return [chat.groups.room()];
    }
  }
  return consumer(Chat);
}

async function open(client: StandardSchema<Post>): Promise<[WebSocketCommunicator, WebSocketCommunicator]> {
  const layer = new InMemoryChannelLayer();
  const application = chatWith(client);
  const clients = [1, 2].map(() => new WebSocketCommunicator(application, "/", { layer }));
  for (const each of clients) await each.connect();
  return clients as [WebSocketCommunicator, WebSocketCommunicator];
}

for (const [kind, postSchema] of [
  ["a synchronous schema", schema(checkPost)],
  ["an asynchronous schema", schema(async (value) => checkPost(value))],
] as const) {
  describe(`a JSON consumer with ${kind}`, () => {
    test("passes the output of the schema to its handler", async () => {
      const [mina, juno] = await open(postSchema);
      mina.sendJson({ message: "  안녕  ", extra: true });
      assert.deepEqual(await mina.receiveJson(), { message: "안녕" });
      assert.deepEqual(await juno.receiveJson(), { message: "안녕" });
    });

    for (const [input, message] of [
      ["{}", "message: Expected a string."],
      ['{"message":1}', "message: Expected a string."],
      ['{"message":"  "}', "message: Expected some text."],
      ['{"message":1,"replies":[1,"2"]}', "message: Expected a string.; replies.1.Symbol(id): Expected a number."],
      ["null", "Expected an object."],
      ['"text"', "Expected an object."],
    ] as const) {
      test(`answers ${input} with each issue and its path, to the sender only, and stays open`, async () => {
        const [mina, juno] = await open(postSchema);
        mina.send(input);
        assert.deepEqual(await mina.receiveJson(), { error: { code: "CHANNELS_INVALID_INPUT", message } });
        await juno.receiveNothing();
        mina.sendJson({ message: "still here" });
        assert.deepEqual(await mina.receiveJson(), { message: "still here" });
        assert.deepEqual(mina.reports, []);
      });
    }

    for (const input of ["", "{", "undefined", "{'message': 'x'}", '{"message":"x"} ', "\u0000", "NaN"]) {
      const isValid = input.endsWith(" ");
      test(`${isValid ? "accepts" : "refuses"} ${JSON.stringify(input)} as ${isValid ? "" : "invalid "}JSON`, async () => {
        const [mina, juno] = await open(postSchema);
        mina.send(input);
        const answer = isValid
          ? { message: "x" }
          : { error: { code: "CHANNELS_INVALID_JSON", message: "Send valid JSON." } };
        assert.deepEqual(await mina.receiveJson(), answer);
        if (!isValid) await juno.receiveNothing();
      });
    }

    test("refuses JSON that is nested too deeply or has too many values, before it parses the text", async (t) => {
      for (const [input, message] of [
        ["[".repeat(1_000_000), "Send JSON with at most 100 levels."],
        [`[${"[],".repeat(100_000)}1]`, "Send JSON with at most 50000 brackets and commas."],
      ] as const) {
        const [mina] = await open(postSchema);
        const parse = t.mock.method(JSON, "parse");
        mina.send(input);
        const answer = await mina.receive();
        assert.equal(parse.mock.callCount(), 0);
        assert.equal(answer, JSON.stringify({ error: { code: "CHANNELS_INVALID_JSON", message } }));
        parse.mock.restore();
      }
    });

    test("answers a binary frame with an error, even when its bytes are JSON, and stays open", async () => {
      const [mina, juno] = await open(postSchema);
      mina.send(new TextEncoder().encode('{"message":"x"}'));
      assert.deepEqual(await mina.receiveJson(), {
        error: { code: "CHANNELS_TEXT_EXPECTED", message: "Send text frames." },
      });
      await juno.receiveNothing();
      mina.sendJson({ message: "still here" });
      assert.deepEqual(await mina.receiveJson(), { message: "still here" });
    });

    test("answers in the order of the client's frames", async () => {
      const [mina] = await open(postSchema);
      mina.send("{");
      mina.sendJson({ message: "1" });
      mina.sendJson({});
      mina.sendJson({ message: "2" });
      const answers = [];
      for (let count = 0; count < 4; count += 1) answers.push(Object.keys((await mina.receiveJson()) as object)[0]);
      assert.deepEqual(answers, ["error", "message", "error", "message"]);
    });
  });
}

for (const [how, validate] of [
  [
    "throws",
    () => {
      throw new Error("schema is broken");
    },
  ],
  ["rejects", () => Promise.reject(new Error("schema is broken"))],
  [
    "rejects with a promise of another library",
    () => {
      // oxlint-disable-next-line unicorn/no-thenable
      return { then: (_: unknown, reject: (error: Error) => void) => reject(new Error("schema is broken")) } as never;
    },
  ],
] satisfies [string, Validate][]) {
  test(`a client schema that ${how} closes the connection with 1011 and causes a report`, async () => {
    const [mina] = await open(schema(validate));
    mina.sendJson({ message: "x" });
    assert.equal((await mina.receiveClose()).code, 1011);
    assert.deepEqual(
      mina.reports.map(({ source, operation, error }) => [source, operation, (error as Error).message]),
      [["Chat", "receive", "schema is broken"]],
    );
  });
}

test("an answer names the first five issues, shortened, and the number of further issues", async () => {
  const long = "x".repeat(10_000);
  const issues = Array.from({ length: 1_000_000 }, (_, index) => ({ message: long, path: ["replies", index] }));
  const [mina] = await open(schema(() => ({ issues })));
  mina.sendJson({});
  const { error } = (await mina.receiveJson()) as { readonly error: { readonly message: string } };
  assert.match(error.message, /^replies\.0: x{100,}…; replies\.1: .*; and 999995 more$/);
  assert.ok(error.message.length < 1_200);
});

/** A contract that accepts every message in both directions. */
const anything = defineContract({
  name: "anything",
  path: "/",
  client: anyJson,
  server: anyJson,
  events: { note: schema((value) => ({ value: value as Post })) },
  groups: { room: () => "room" },
});

describe("a JSON consumer that accepts any JSON", () => {
  class Echo extends JsonWebSocketConsumer(anything) {
    static readonly handlers = this.handle({
      receive(content) {
        this.sendJson(content);
      },
      events: { note: () => undefined },
    });
  }

  for (const value of [null, 0, "", [], { deep: { list: [1, "둘"] } }, { type: "error" }]) {
    test(`receives and sends ${JSON.stringify(value)}`, async () => {
      const client = new WebSocketCommunicator(consumer(Echo), "/");
      await client.connect();
      client.sendJson(value);
      assert.deepEqual(await client.receiveJson(), value);
    });
  }
});

test("`invalid` replaces the error frame and receives the code, the sentence and all issues", async () => {
  const reasons: InvalidInput[] = [];
  const strict = defineContract({ ...anything, client: schema(checkPost), server: anyJson });
  class Strict extends JsonWebSocketConsumer(strict) {
    static readonly handlers = this.handle({
      receive: () => undefined,
      events: { note: () => undefined },
      invalid(reason) {
        reasons.push(reason);
        if (reasons.length === 3) this.close(4000, reason.code);
      },
    });
  }
  const client = new WebSocketCommunicator(consumer(Strict), "/");
  await client.connect();
  client.send(Uint8Array.of(1));
  client.send("{");
  client.sendJson({ message: 1 });
  assert.deepEqual(await client.receiveClose(), { code: 4000, reason: "CHANNELS_INVALID_INPUT" });
  assert.deepEqual(reasons, [
    { code: "CHANNELS_TEXT_EXPECTED", message: "Send text frames.", issues: [] },
    { code: "CHANNELS_INVALID_JSON", message: "Send valid JSON.", issues: [] },
    {
      code: "CHANNELS_INVALID_INPUT",
      message: "message: Expected a string.",
      issues: [{ message: "Expected a string.", path: ["message"] }],
    },
  ]);
});

describe("a value that JSON cannot hold", () => {
  const cycle: Record<string, unknown> = {};
  cycle["itself"] = cycle;
  for (const [name, value] of [
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["a bigint", { sum: 1n }],
    ["a cycle", cycle],
  ] as const) {
    test(`such as ${name} makes the communicator and the consumer throw`, async () => {
      class Broken extends JsonWebSocketConsumer(anything) {
        static readonly handlers = this.handle({
          receive() {
            this.sendJson(value);
          },
          events: { note: () => undefined },
        });
      }
      const client = new WebSocketCommunicator(consumer(Broken), "/");
      await client.connect();
      assert.throws(() => client.sendJson(value), { code: "CHANNELS_NOT_JSON" });
      client.sendJson("go");
      assert.equal((await client.receiveClose()).code, 1011);
      const [{ error } = { error: undefined }] = client.reports;
      assert.equal((error as { code?: string }).code, "CHANNELS_NOT_JSON");
    });
  }

  test("causes a report when a relay returns it, and the client receives no frame", async () => {
    class Relaying extends JsonWebSocketConsumer(anything) {
      static readonly handlers = this.handle({
        receive: () => undefined,
        events: { note: { relay: () => undefined } },
      });
      override get groups() {
        return [anything.groups.room()];
      }
    }
    const layer = new InMemoryChannelLayer();
    const client = new WebSocketCommunicator(consumer(Relaying), "/", { layer });
    await client.connect();
    await client.whenIdle();
    await layer.groupSend(anything.groups.room(), { type: "note", message: "x" });
    await client.receiveNothing();
    assert.deepEqual(
      client.reports.map(({ operation, error }) => [operation, (error as { code?: string }).code]),
      [["note", "CHANNELS_NOT_JSON"]],
    );
  });
});
