import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  anyJson,
  consumer,
  InMemoryChannelLayer,
  JsonWebSocketConsumer,
  relay,
  relayJson,
  type ConsumerContext,
  type EventTable,
  type InvalidInput,
  type SchemaIssue,
  type SchemaResult,
  type StandardSchema,
  type WebSocketScope,
} from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";

interface Post {
  readonly message: string;
}

/** What a chat takes: `{ message }`, trimmed, not empty. */
function checkPost(value: unknown): SchemaResult<Post> {
  if (typeof value !== "object" || value === null) return { issues: [{ message: "Expected an object." }] };
  const issues: SchemaIssue[] = [];
  const { message, replies = [] } = value as { readonly message?: unknown; readonly replies?: readonly unknown[] };
  if (typeof message !== "string") issues.push({ message: "Expected a string.", path: ["message"] });
  else if (message.trim() === "") issues.push({ message: "Say something.", path: [{ key: "message" }] });
  for (const [index, reply] of replies.entries()) {
    if (typeof reply !== "number")
      issues.push({ message: "Expected a number.", path: ["replies", index, Symbol("id")] });
  }
  return issues.length === 0 ? { value: { message: String(message).trim() } } : { issues };
}

function schema(validate: StandardSchema<Post>["~standard"]["validate"]): StandardSchema<Post> {
  return { "~standard": { version: 1, vendor: "by hand", validate } };
}

/** A chat that broadcasts what its schema lets through. */
class Chat extends JsonWebSocketConsumer<WebSocketScope, { said: Post }, Post> {
  static readonly events: EventTable<Chat> = { said: relayJson(({ message }) => ({ message })) };
  readonly #schema: StandardSchema<Post>;

  constructor(context: ConsumerContext<WebSocketScope>, postSchema: StandardSchema<Post>) {
    super(context);
    this.#schema = postSchema;
  }
  override get schema(): StandardSchema<Post> {
    return this.#schema;
  }
  override get groups(): string[] {
    return ["room"];
  }
  override receiveJson({ message }: Post): Promise<void> {
    return this.groupSend("room", { type: "said", message });
  }
}

async function open(postSchema: StandardSchema<Post>): Promise<[WebSocketCommunicator, WebSocketCommunicator]> {
  const layer = new InMemoryChannelLayer();
  const application = consumer(Chat, postSchema);
  const clients = [1, 2].map(() => new WebSocketCommunicator(application, "/", { layer }));
  for (const client of clients) await client.connect();
  return clients as [WebSocketCommunicator, WebSocketCommunicator];
}

for (const [kind, postSchema] of [
  ["a synchronous schema", schema(checkPost)],
  ["an asynchronous schema", schema(async (value) => checkPost(value))],
] as const) {
  describe(`a JSON consumer with ${kind}`, () => {
    test("gives its handler the value that the schema made", async () => {
      const [mina, juno] = await open(postSchema);
      mina.sendJson({ message: "  안녕  ", extra: true });
      assert.deepEqual(await mina.receiveJson(), { message: "안녕" });
      assert.deepEqual(await juno.receiveJson(), { message: "안녕" });
    });

    for (const [input, message] of [
      ["{}", "message: Expected a string."],
      ['{"message":1}', "message: Expected a string."],
      ['{"message":"  "}', "message: Say something."],
      ['{"message":1,"replies":[1,"2"]}', "message: Expected a string.; replies.1.Symbol(id): Expected a number."],
      ["null", "Expected an object."],
      ['"text"', "Expected an object."],
    ] as const) {
      test(`answers ${input} with what is wrong and where, tells nobody else, and stays open`, async () => {
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
      test(`${isValid ? "takes" : "refuses"} ${JSON.stringify(input)} as ${isValid ? "" : "no "}JSON`, async () => {
        const [mina, juno] = await open(postSchema);
        mina.send(input);
        const answer = isValid
          ? { message: "x" }
          : { error: { code: "CHANNELS_INVALID_JSON", message: "Send valid JSON." } };
        assert.deepEqual(await mina.receiveJson(), answer);
        if (!isValid) await juno.receiveNothing();
      });
    }

    test("answers a binary frame with an error and stays open, even when its bytes are JSON", async () => {
      const [mina, juno] = await open(postSchema);
      mina.send(new TextEncoder().encode('{"message":"x"}'));
      assert.deepEqual(await mina.receiveJson(), {
        error: { code: "CHANNELS_TEXT_EXPECTED", message: "Send text frames." },
      });
      await juno.receiveNothing();
      mina.sendJson({ message: "still here" });
      assert.deepEqual(await mina.receiveJson(), { message: "still here" });
    });

    test("answers in the order in which it was asked", async () => {
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
] satisfies [string, StandardSchema<Post>["~standard"]["validate"]][]) {
  test(`a schema that ${how} is an error of the server: 1011, reported`, async () => {
    const [mina] = await open(schema(validate));
    mina.sendJson({ message: "x" });
    assert.equal((await mina.receiveClose()).code, 1011);
    assert.deepEqual(
      mina.reports.map(({ source, operation, error }) => [source, operation, (error as Error).message]),
      [["Chat", "receive", "schema is broken"]],
    );
  });
}

describe("a JSON consumer without a schema", () => {
  class Echo extends JsonWebSocketConsumer {
    override get schema(): typeof anyJson {
      return anyJson;
    }

    override receiveJson(content: unknown): void {
      this.sendJson(content);
    }
  }

  for (const value of [null, 0, "", [], { deep: { list: [1, "둘"] } }]) {
    test(`takes and sends ${JSON.stringify(value)}`, async () => {
      const client = new WebSocketCommunicator(consumer(Echo), "/");
      await client.connect();
      client.sendJson(value);
      assert.deepEqual(await client.receiveJson(), value);
    });
  }

  test("ignores what it gets by default", async () => {
    class Silent extends JsonWebSocketConsumer {
      override get schema(): typeof anyJson {
        return anyJson;
      }
    }
    const client = new WebSocketCommunicator(consumer(Silent), "/");
    await client.connect();
    client.sendJson({ any: "thing" });
    await client.receiveNothing();
  });
});

/** JSON that no page can include as a script. */
function encode(value: unknown): string {
  return `)]}'\n${JSON.stringify(value)}`;
}

test("a consumer may speak a dialect of JSON of its own, in both directions, and its errors too", async () => {
  type Events = { said: { at: string } };
  class Dialect extends JsonWebSocketConsumer<WebSocketScope, Events> {
    static readonly events: EventTable<Dialect> = { said: relay(({ at }) => encode({ at })) };
    get schema() {
      return anyJson;
    }
    override get groups() {
      return ["room"];
    }
    override decodeJson(text: string): unknown {
      return JSON.parse(text, (_, value: unknown) => (value === "now" ? 5 : value));
    }
    override sendJson(content: unknown): boolean {
      return this.send(encode(content));
    }
    override receiveJson(content: unknown) {
      this.sendJson(content);
      return this.groupSend("room", { type: "said", at: "noon" });
    }
  }
  const client = new WebSocketCommunicator(consumer(Dialect), "/");
  await client.connect();
  client.send('{"at":"now"}');
  client.send("{");
  assert.equal(await client.receive(), `)]}'\n{"at":5}`);
  assert.equal(await client.receive(), `)]}'\n{"at":"noon"}`);
  assert.match(String(await client.receive()), /^\)]}'\n\{"error":\{"code":"CHANNELS_INVALID_JSON"/);
});

test("what a schema finds in a million places is answered with the first of them, and how many there are", async () => {
  const long = "x".repeat(10_000);
  const issues = Array.from({ length: 1_000_000 }, (_, index) => ({ message: long, path: ["replies", index] }));
  const [mina] = await open(schema(() => ({ issues })));
  mina.sendJson({});
  const { error } = (await mina.receiveJson()) as { readonly error: { readonly message: string } };
  assert.match(error.message, /^replies\.0: x{100,}…; replies\.1: .*; and 999995 more$/);
  assert.ok(error.message.length < 1_200);
});

test("a consumer may answer invalid input in its own way, and is told everything the schema found", async () => {
  const errors: InvalidInput[] = [];
  class Strict extends JsonWebSocketConsumer<WebSocketScope, object, Post> {
    override get schema(): StandardSchema<Post> {
      return schema(checkPost);
    }
    override receiveInvalid(error: InvalidInput): void {
      errors.push(error);
      this.close(4000, error.code);
    }
  }
  const client = new WebSocketCommunicator(consumer(Strict), "/");
  await client.connect();
  client.sendJson({ message: 1 });
  assert.deepEqual(await client.receiveClose(), { code: 4000, reason: "CHANNELS_INVALID_INPUT" });
  assert.deepEqual(errors[0]?.issues, [{ message: "Expected a string.", path: ["message"] }]);
});

describe("a value that JSON does not have", () => {
  const circle: Record<string, unknown> = {};
  circle["itself"] = circle;
  for (const [name, value] of [
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["a bigint", { sum: 1n }],
    ["a circle", circle],
  ] as const) {
    test(`such as ${name} is refused by client and server alike`, async () => {
      class Broken extends JsonWebSocketConsumer {
        override get schema(): typeof anyJson {
          return anyJson;
        }
        override receiveJson(): void {
          this.sendJson(value);
        }
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

  test("is no frame of a relay either", async () => {
    class Relaying extends JsonWebSocketConsumer<WebSocketScope, { note: object }> {
      static readonly events: EventTable<Relaying> = { note: relayJson(() => undefined) };
      override get groups(): readonly string[] {
        return ["room"];
      }
      override get schema(): typeof anyJson {
        return anyJson;
      }
    }
    const layer = new InMemoryChannelLayer();
    const client = new WebSocketCommunicator(consumer(Relaying), "/", { layer });
    await client.connect();
    await client.whenIdle();
    await layer.groupSend("room", { type: "note" });
    await client.receiveNothing();
    assert.deepEqual(
      client.reports.map(({ operation, error }) => [operation, (error as { code?: string }).code]),
      [["note", "CHANNELS_NOT_JSON"]],
    );
  });
});
