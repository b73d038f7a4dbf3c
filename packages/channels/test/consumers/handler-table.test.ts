/** JSON consumers whose contract has one schema per kind of message. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
  consumer,
  defineContract,
  InMemoryChannelLayer,
  JsonWebSocketConsumer,
  protocolRouter,
  route,
  urlRouter,
  type ScopeParams,
  type StandardSchema,
  type WebSocketApplication,
  type WebSocketScope,
} from "@lobby/channels";
import { ContractCommunicator, WebSocketCommunicator } from "@lobby/channels/testing";

const said = z.object({ author: z.string(), text: z.string() });
const chat = defineContract({
  name: "chat",
  path: "/ws/:room/",
  client: { say: z.object({ text: z.string().trim().min(1) }), count: z.object({}) },
  server: { said, counted: z.object({ count: z.int() }) },
  events: { said, reset: z.object({}) },
  groups: { room: (room: string) => room },
});

class Chat extends JsonWebSocketConsumer(chat) {
  static readonly handlers = this.handle({
    receive: {
      say({ text }) {
        this.#count += 1;
        return this.groupSend(this.#room, { type: "said", author: "mina", text });
      },
      count() {
        this.#answer();
      },
    },
    events: {
      said: { relay: (event) => event },
      reset() {
        this.#count = 0;
        this.#answer();
      },
    },
  });
  readonly #room = chat.groups.room(this.scope.params.room);
  #count = 0;
  override get groups() {
    return [this.#room];
  }
  #answer(): void {
    this.sendJson({ type: "counted", count: this.#count });
  }
}

type RoomApplication = WebSocketApplication<WebSocketScope & ScopeParams<"/:room/">>;

/** Mounts a consumer at `/ws/:room/` and another one at `/other/:room/`. */
function serve(first: RoomApplication, second = first): WebSocketApplication {
  return protocolRouter({ websocket: urlRouter([route(chat.path, first), route("/other/:room/", second)]) }).websocket;
}

async function join(
  application: WebSocketApplication,
  layer = new InMemoryChannelLayer(),
  path = "/ws/lobby/",
): Promise<ContractCommunicator<typeof chat>> {
  const client = new ContractCommunicator(application, chat, path, { layer });
  await client.connect();
  await client.whenIdle();
  return client;
}

describe("a message with a kind", () => {
  test("reaches the handler of its kind, validated and with its type", async () => {
    const seen: unknown[] = [];
    class Listener extends Chat {
      static override readonly handlers = this.handle({
        receive: { say: (message) => void seen.push(message), count: (message) => void seen.push(message) },
        events: { said: () => undefined, reset: () => undefined },
      });
    }
    const mina = await join(serve(consumer(Listener)));
    mina.sendJson({ type: "say", text: " 안녕 ", extra: 1 });
    mina.sendJson({ type: "count" });
    await mina.whenIdle();
    assert.deepEqual(seen, [{ type: "say", text: "안녕" }, { type: "count" }]);
  });

  for (const [content, message] of [
    [{ type: "shout", text: "a" }, 'type: Expected one of "say", "count"'],
    [{ text: "a" }, 'type: Expected one of "say", "count"'],
    [{ type: 5 }, 'type: Expected one of "say", "count"'],
    [{ type: null }, 'type: Expected one of "say", "count"'],
    [JSON.parse('{"type":"__proto__"}'), 'type: Expected one of "say", "count"'],
    [{ type: "toString" }, 'type: Expected one of "say", "count"'],
    [{ type: "constructor" }, 'type: Expected one of "say", "count"'],
    [null, 'type: Expected one of "say", "count"'],
    [5, 'type: Expected one of "say", "count"'],
    ["say", 'type: Expected one of "say", "count"'],
    [[{ type: "say" }], 'type: Expected one of "say", "count"'],
    [{ type: "say", text: "  " }, "text: Too small: expected string to have >=1 characters"],
    [{ type: "say" }, "text: Invalid input: expected string, received undefined"],
  ] as const) {
    test(`that breaks the contract gets an error frame: ${JSON.stringify(content)}`, async () => {
      const mina = await join(serve(consumer(Chat)));
      mina.sendJson(content);
      assert.deepEqual(await mina.receiveJson(), { error: { code: "CHANNELS_INVALID_INPUT", message } });
      mina.sendMessage({ type: "count" });
      assert.deepEqual(await mina.receiveMessage("counted"), { type: "counted", count: 0 });
      assert.deepEqual(mina.reports, []);
    });
  }

  test("in a binary frame gets an error frame", async () => {
    const mina = await join(serve(consumer(Chat)));
    mina.send(new TextEncoder().encode('{"type":"count"}'));
    assert.deepEqual(await mina.receiveJson(), {
      error: { code: "CHANNELS_TEXT_EXPECTED", message: "Send text frames." },
    });
  });

  test("cannot pollute the prototype of the message", async () => {
    const seen: object[] = [];
    class Loose extends JsonWebSocketConsumer(
      defineContract({ ...chat, client: { any: z.looseObject({}) }, server: {}, events: {} }),
    ) {
      static readonly handlers = this.handle({ receive: { any: (message) => void seen.push(message) }, events: {} });
    }
    const client = new WebSocketCommunicator(serve(consumer(Loose)), "/ws/lobby/");
    await client.connect();
    client.send('{"type":"any","__proto__":{"isAdmin":true}}');
    await client.whenIdle();
    assert.deepEqual(
      seen.map((message) => [(message as { isAdmin?: unknown }).isAdmin, Object.getPrototypeOf(message)]),
      [[undefined, Object.prototype]],
    );
  });

  test("with an asynchronous schema keeps its place in the order", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow: StandardSchema<{ at: number }> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value) => {
          const { at } = value as { at: number };
          await gates[at]?.promise;
          return at === 1 ? { issues: [{ message: "Expected 0.", path: ["at"] }] } : { value: { at } };
        },
      },
    };
    const contract = defineContract({ ...chat, client: { wait: slow, quick: z.object({}) }, server: {}, events: {} });
    const log: string[] = [];
    class Waiting extends JsonWebSocketConsumer(contract) {
      static readonly handlers = this.handle({
        receive: { wait: ({ at }) => void log.push(`wait ${at}`), quick: () => void log.push("quick") },
        events: {},
        invalid: ({ message }) => void log.push(message),
      });
    }
    const client = new WebSocketCommunicator(serve(consumer(Waiting)), "/ws/lobby/");
    await client.connect();
    for (const content of [{ type: "wait", at: 0 }, { type: "wait", at: 1 }, { type: "quick" }])
      client.sendJson(content);
    for (const { resolve } of gates.toReversed()) resolve();
    await client.whenIdle();
    assert.deepEqual(log, ["wait 0", "at: Expected 0.", "quick"]);
  });
});

describe("a table of handlers", () => {
  test("reaches the private fields of its own connection", async () => {
    const layer = new InMemoryChannelLayer();
    const application = serve(consumer(Chat));
    const [mina, juno] = [await join(application, layer), await join(application, layer)];
    mina.sendMessage({ type: "say", text: "a" });
    for (const client of [mina, juno]) {
      assert.deepEqual(await client.receiveMessage("said"), { type: "said", author: "mina", text: "a" });
    }
    mina.sendMessage({ type: "count" });
    juno.sendMessage({ type: "count" });
    assert.equal((await mina.receiveMessage("counted")).count, 1);
    assert.equal((await juno.receiveMessage("counted")).count, 0);
    await layer.groupSend(chat.groups.room("lobby"), { type: "reset" });
    for (const client of [mina, juno]) assert.equal((await client.receiveMessage("counted")).count, 0);
  });

  test("keeps the groups of rooms apart", async () => {
    const layer = new InMemoryChannelLayer();
    const application = serve(consumer(Chat));
    const [mina, juno] = [await join(application, layer), await join(application, layer, "/ws/kitchen/")];
    mina.sendMessage({ type: "say", text: "a" });
    assert.equal((await mina.receiveMessage("said")).text, "a");
    await juno.receiveNothing();
  });

  test("of two consumers of one contract relays the same events, each with its own frames", async () => {
    class Shouting extends JsonWebSocketConsumer(chat) {
      static readonly handlers = this.handle({
        receive: { say: () => undefined, count: () => undefined },
        events: { said: { relay: (event) => ({ ...event, text: event.text.toUpperCase() }) }, reset: () => undefined },
      });
      override get groups() {
        return [chat.groups.room("lobby")];
      }
    }
    const layer = new InMemoryChannelLayer();
    const application = serve(consumer(Chat), consumer(Shouting));
    const [mina, juno] = [await join(application, layer), await join(application, layer, "/other/lobby/")];
    mina.sendMessage({ type: "say", text: "a" });
    assert.equal((await mina.receiveMessage("said")).text, "a");
    assert.equal((await juno.receiveMessage("said")).text, "A");
  });

  test("refuses an event that breaks the contract where the consumer sends it", async () => {
    class Careless extends Chat {
      static override readonly handlers = this.handle({
        receive: {
          say() {
            return this.groupSend(chat.groups.room("lobby"), { type: "said", author: "", text: 5 as never });
          },
          count: () => undefined,
        },
        events: { said: { relay: (event) => event }, reset: () => undefined },
      });
    }
    const mina = await join(serve(consumer(Careless)));
    mina.sendMessage({ type: "say", text: "a" });
    assert.equal((await mina.receiveClose()).code, 1011);
    assert.deepEqual(
      mina.reports.map(({ error }) => (error as { readonly code?: string }).code),
      ["CHANNELS_INVALID_EVENT"],
    );
  });
});
