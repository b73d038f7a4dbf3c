/** Contracts whose schemas come from zod, Valibot and ArkType, from a client's frame to every other client. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import {
  channelConsumer,
  channelNameRouter,
  consumer,
  ContractClient,
  defineContract,
  defineEvents,
  InMemoryChannelLayer,
  InvalidEventError,
  JsonWebSocketConsumer,
  protocolRouter,
  publisher,
  route,
  startWorker,
  urlRouter,
  type ClientSocket,
  type ConsumerReport,
  type Contract,
  type Group,
  type StandardSchema,
} from "@lobby/channels";
import { ContractCommunicator } from "@lobby/channels/testing";
import { until } from "@lobby/test-support/waiting";

type Text = StandardSchema<{ text: string }>;

/** The contract of each library, as a consumer sees it. */
type ChatContract = Contract<
  "chat",
  "/",
  StandardSchema<{ message: string; shout?: boolean | undefined }, { message: string; shout: boolean }>,
  StandardSchema<{ message: string }>,
  { readonly "chat.message": Text; readonly "chat.whisper": Text },
  { readonly all: () => Group<"chat"> }
>;

const zodText = z.object({ text: z.string().max(10) });
const valibotText = v.object({ text: v.pipe(v.string(), v.maxLength(10)) });
const arktypeText = type({ text: "string <= 10" });
const shared = { name: "chat", path: "/", groups: { all: () => "all" } } as const;

const CONTRACTS: Readonly<Record<string, ChatContract>> = {
  zod: defineContract({
    ...shared,
    client: z.object({ message: z.string(), shout: z.boolean().default(false) }),
    server: z.object({ message: z.string() }),
    events: { "chat.message": zodText, "chat.whisper": zodText },
  }),
  valibot: defineContract({
    ...shared,
    client: v.object({ message: v.string(), shout: v.optional(v.boolean(), false) }),
    server: v.object({ message: v.string() }),
    events: { "chat.message": valibotText, "chat.whisper": valibotText },
  }),
  arktype: defineContract({
    ...shared,
    client: type({ message: "string", shout: "boolean = false" }),
    server: type({ message: "string" }),
    events: { "chat.message": arktypeText, "chat.whisper": arktypeText },
  }),
};

/** Makes the chat of a contract. It logs each whisper that its consumers handle. */
function chatOf(contract: ChatContract, handled: string[] = []) {
  class Chat extends JsonWebSocketConsumer(contract) {
    static readonly handlers = this.handle({
      receive({ message, shout }) {
        const text = shout ? message.toUpperCase() : message;
        return this.groupSend(contract.groups.all(), { type: "chat.message", text });
      },
      events: {
        "chat.message": { relay: ({ text }) => ({ message: text }) },
        "chat.whisper"({ text }) {
          handled.push(text);
          this.sendJson({ message: text });
        },
      },
    });
    override get groups() {
      return [contract.groups.all()];
    }
  }
  return consumer(Chat);
}

interface Room {
  readonly layer: InMemoryChannelLayer;
  readonly people: readonly ContractCommunicator<ChatContract>[];
}

async function open(contract: ChatContract, size: number, handled?: string[]): Promise<Room> {
  const layer = new InMemoryChannelLayer();
  const application = chatOf(contract, handled);
  const people = Array.from({ length: size }, () => new ContractCommunicator(application, contract, "/", { layer }));
  for (const person of people) await person.connect();
  return { layer, people };
}

for (const [library, contract] of Object.entries(CONTRACTS)) {
  describe(`a contract of ${library}`, () => {
    const group = contract.groups.all();

    test("delivers each client's message to all members, with its defaults", async () => {
      const { people } = await open(contract, 2);
      people[0]?.sendMessage({ message: "hello" });
      people[0]?.sendMessage({ message: "hello", shout: true });
      for (const person of people) {
        assert.deepEqual(await person.receiveMessage("message"), { message: "hello" });
        assert.deepEqual(await person.receiveMessage("message"), { message: "HELLO" });
      }
    });

    test("answers a message that breaks the contract, and only its sender receives the answer", async () => {
      const { people } = await open(contract, 2);
      people[0]?.sendJson({ message: 5 });
      assert.match(JSON.stringify(await people[0]?.receiveJson()), /^\{"error":\{"code":"CHANNELS_INVALID_INPUT"/);
      await people[1]?.receiveNothing();
    });

    test("makes a consumer or a publisher refuse to send an event that breaks the contract", async () => {
      const { layer, people } = await open(contract, 2);
      people[0]?.sendMessage({ message: "longer than ten" });
      assert.deepEqual(await people[0]?.receiveClose(), { code: 1011, reason: "Internal error" });
      assert.ok(people[0]?.reports[0]?.error instanceof InvalidEventError);
      const outside = publisher(layer, contract);
      for (const text of ["longer than ten", 5 as unknown as string]) {
        await assert.rejects(outside.groupSend(group, { type: "chat.message", text }), {
          code: "CHANNELS_INVALID_EVENT",
          type: "chat.message",
        });
      }
      await people[1]?.receiveNothing();
      await outside.groupSend(group, { type: "chat.message", text: "short" });
      assert.deepEqual(await people[1]?.receiveMessage("message"), { message: "short" });
    });

    test("passes no event that breaks the contract to handlers and relays, and reports the event", async () => {
      const handled: string[] = [];
      const { layer, people } = await open(contract, 2, handled);
      for (const type of ["chat.message", "chat.whisper"]) await layer.groupSend(group, { type, text: 5 });
      await layer.groupSend(group, { type: "chat.whisper", text: "fine" });
      for (const person of people) assert.deepEqual(await person.receiveMessage("message"), { message: "fine" });
      assert.deepEqual(handled, ["fine", "fine"]);
      assert.deepEqual(
        people[0]?.reports.map(({ level, operation, error }) => [level, operation, (error as InvalidEventError).code]),
        [
          ["error", "chat.message", "CHANNELS_INVALID_EVENT"],
          ["error", "chat.whisper", "CHANNELS_INVALID_EVENT"],
        ],
      );
    });

    test("types and validates the messages of its client", () => {
      const sent: string[] = [];
      const socket = Object.assign(new EventTarget(), {
        readyState: 1,
        send: (text: string) => void sent.push(text),
        close: () => undefined,
      });
      const seen: unknown[] = [];
      const client = new ContractClient(socket as unknown as ClientSocket, contract, {
        onRefused: ({ code }) => seen.push(["refused", code]),
        onInvalid: (issues, data) => seen.push(["invalid", issues.length > 0, data]),
      });
      client.on("message", ({ message }) => seen.push(["message", message]));
      client.send({ message: "hello" });
      assert.deepEqual(sent, ['{"message":"hello"}']);
      for (const data of ['{"message":"hi"}', '{"error":{"code":"A","message":"b"}}', '{"message":5}', "{", "null"]) {
        socket.dispatchEvent(new MessageEvent("message", { data }));
      }
      assert.deepEqual(seen, [
        ["message", "hi"],
        ["refused", "A"],
        ["invalid", true, '{"message":5}'],
        ["invalid", true, "{"],
        ["invalid", true, "null"],
      ]);
    });
  });
}

test("one contract can mix zod, Valibot and ArkType", async () => {
  const mixed = defineContract({
    name: "mixed",
    path: "/",
    client: {
      zod: z.object({ text: z.string().trim() }),
      valibot: v.object({ text: v.pipe(v.string(), v.trim()) }),
      arktype: type({ text: "string.trim" }),
    },
    server: { zod: zodText, valibot: valibotText, arktype: arktypeText },
    events: { zod: zodText, valibot: valibotText, arktype: arktypeText },
    groups: { all: () => "all" },
  });
  class Mixed extends JsonWebSocketConsumer(mixed) {
    static readonly handlers = this.handle({
      receive: {
        zod: ({ text }) => outside.groupSend(mixed.groups.all(), { type: "zod", text }),
        valibot(message) {
          return this.groupSend(mixed.groups.all(), message);
        },
        arktype(message) {
          return this.groupSend(mixed.groups.all(), message);
        },
      },
      events: {
        zod: { relay: (event) => event },
        valibot: { relay: (event) => event },
        arktype(event) {
          this.sendJson(event);
        },
      },
    });
    override get groups() {
      return [mixed.groups.all()];
    }
  }
  const layer = new InMemoryChannelLayer();
  const outside = publisher(layer, mixed);
  const mina = new ContractCommunicator(consumer(Mixed), mixed, "/", { layer });
  await mina.connect();
  for (const kind of ["zod", "valibot", "arktype"] as const) {
    mina.sendMessage({ type: kind, text: " hello " });
    assert.deepEqual(await mina.receiveMessage(kind), { type: kind, text: "hello" });
    mina.sendJson({ type: kind, text: 5 });
    assert.match(
      JSON.stringify(await mina.receiveJson()),
      /^\{"error":\{"code":"CHANNELS_INVALID_INPUT","message":"text: /,
    );
    await assert.rejects(outside.groupSend(mixed.groups.all(), { type: kind, text: "longer than ten" }), {
      code: "CHANNELS_INVALID_EVENT",
      type: kind,
    });
  }
});

test("two client protocols over the events of one contract reach the same groups", async () => {
  const said = z.object({ author: z.string(), text: z.string() });
  const chat = defineContract({
    name: "chat",
    path: "/ws/chat/:room/",
    client: { say: z.object({ text: z.string() }) },
    server: { said },
    events: { said },
    groups: { room: (room: string) => room },
  });
  const message = z.object({ message: z.string() });
  const plain = defineContract({ ...chat, path: "/ws/plain/:room/", client: message, server: message });
  class Chat extends JsonWebSocketConsumer(chat) {
    static readonly handlers = this.handle({
      receive: {
        say({ text }) {
          return this.groupSend(this.groups[0], { type: "said", author: "mina", text });
        },
      },
      events: { said: { relay: (event) => event } },
    });
    override get groups() {
      return [chat.groups.room(this.scope.params.room)] as const;
    }
  }
  class Plain extends JsonWebSocketConsumer(plain) {
    static readonly handlers = this.handle({
      receive({ message: text }) {
        return this.groupSend(this.groups[0], { type: "said", author: "juno", text });
      },
      events: { said: { relay: ({ author, text }) => ({ message: `${author}: ${text}` }) } },
    });
    override get groups() {
      return [plain.groups.room(this.scope.params.room)] as const;
    }
  }
  const layer = new InMemoryChannelLayer();
  const websocket = urlRouter([route(chat.path, consumer(Chat)), route(plain.path, consumer(Plain))]);
  const application = protocolRouter({ websocket, layer });
  const mina = new ContractCommunicator(application, chat, "/ws/chat/lobby/");
  const juno = new ContractCommunicator(application, plain, "/ws/plain/lobby/");
  const elsewhere = new ContractCommunicator(application, plain, "/ws/plain/kitchen/");
  for (const person of [mina, juno, elsewhere]) await person.connect();
  mina.sendMessage({ type: "say", text: "hello" });
  assert.deepEqual(await mina.receiveMessage("said"), { type: "said", author: "mina", text: "hello" });
  assert.deepEqual(await juno.receiveMessage("message"), { message: "mina: hello" });
  juno.sendMessage({ message: "hi" });
  assert.deepEqual(await mina.receiveMessage("said"), { type: "said", author: "juno", text: "hi" });
  assert.deepEqual(await juno.receiveMessage("message"), { message: "juno: hi" });
  for (const contract of [chat, plain]) {
    const room = contract.groups.room("lobby");
    assert.equal(room, "chat.room.lobby");
    await publisher(layer, contract).groupSend(room, { type: "said", author: "cron", text: "tick" });
    assert.deepEqual(await mina.receiveMessage("said"), { type: "said", author: "cron", text: "tick" });
    assert.deepEqual(await juno.receiveMessage("message"), { message: "cron: tick" });
  }
  await elsewhere.receiveNothing();
});

test("the sending process validates an event once, for all its receivers", async () => {
  let checks = 0;
  const counted = z.object({ text: z.string().refine(() => (checks += 1) > 0) });
  const contract = defineContract({
    ...shared,
    client: z.object({ message: z.string(), shout: z.boolean().default(false) }),
    server: z.object({ message: z.string() }),
    events: { "chat.message": counted, "chat.whisper": counted },
  });
  const { layer, people } = await open(contract, 5);
  for (const type of ["chat.message", "chat.whisper"] as const) {
    await publisher(layer, contract).groupSend(contract.groups.all(), { type, text: "hello" });
    for (const person of people) assert.deepEqual(await person.receiveMessage("message"), { message: "hello" });
  }
  assert.equal(checks, 2);
});

test("a publisher refuses an event whose schema is asynchronous, and one that the contract does not have", async () => {
  const late: StandardSchema<object> = {
    "~standard": { version: 1, vendor: "test", validate: async (value) => ({ value: value as object }) },
  };
  const contract = defineEvents({ name: "late", events: { late }, groups: { all: () => "" } });
  const outside = publisher(new InMemoryChannelLayer(), contract);
  await assert.rejects(outside.groupSend(contract.groups.all(), { type: "late" }), {
    code: "CHANNELS_CONFIGURATION",
    message: 'Expected the schema of the event "late" to validate synchronously, got a promise.',
  });
  await assert.rejects(outside.groupSend(contract.groups.all(), { type: "toString" as "late" }), {
    code: "CHANNELS_INVALID_EVENT",
    message: /"toString" breaks its contract: the contract has only these events: "late"/,
  });
});

test("a worker handles the output of the schema for each valid message, and reports each invalid message", async () => {
  const work = defineEvents({
    name: "work",
    events: { "thumbnail.make": z.object({ image: z.string(), width: z.int().default(100) }) },
  });
  await using layer = new InMemoryChannelLayer();
  const handled: unknown[] = [];
  const reports: ConsumerReport[] = [];
  const thumbnails = channelConsumer(work, { "thumbnail.make": (event) => void handled.push(event) });
  const application = protocolRouter({ layer, channel: channelNameRouter({ thumbnails }) });
  await using worker = startWorker(application, { onReport: (report) => reports.push(report) });
  for (const image of [7, null, "cat.png"]) await layer.send("thumbnails", { type: "thumbnail.make", image });
  await until(() => handled.length > 0, "a message to be handled");
  assert.deepEqual(handled, [{ type: "thumbnail.make", image: "cat.png", width: 100 }]);
  assert.equal(reports.length, 2);
  for (const { level, source, operation, error } of reports) {
    assert.deepEqual([level, source, operation], ["error", "thumbnails", "thumbnail.make"]);
    assert.ok(error instanceof InvalidEventError);
  }
  const outside = publisher(layer, work);
  await assert.rejects(outside.send("thumbnails", { type: "thumbnail.make", image: "cat.png", width: 0.5 }), {
    code: "CHANNELS_INVALID_EVENT",
  });
  await outside.send("thumbnails", { type: "thumbnail.make", image: "dog.png", width: 50 });
  await until(() => handled.length > 1, "the published message");
  assert.deepEqual(handled[1], { type: "thumbnail.make", image: "dog.png", width: 50 });
  assert.equal(await worker.close(), 0);
});
