/** One contract over the schema libraries that people use, from a client's frame to every other client. */
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
  ContractConsumer,
  InMemoryChannelLayer,
  InvalidEventError,
  protocolRouter,
  publisher,
  relayJson,
  startWorker,
  type ClientSocket,
  type ConsumerReport,
  type Contract,
  type EventContract,
  type EventTable,
  type InferOutput,
  type StandardSchema,
} from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { until } from "@lobby/test-support/waiting";

interface ChatContract extends Contract {
  readonly client: StandardSchema<
    { message: string; shout?: boolean | undefined },
    { message: string; shout: boolean }
  >;
  readonly server: StandardSchema<{ message: string }>;
  readonly events: {
    readonly "chat.message": StandardSchema<{ text: string }>;
    readonly "chat.whisper": StandardSchema<{ text: string }>;
  };
}

const zodText = z.object({ text: z.string().max(10) });
const valibotText = v.object({ text: v.pipe(v.string(), v.maxLength(10)) });
const arktypeText = type({ text: "string <= 10" });

const CONTRACTS: Readonly<Record<string, ChatContract>> = {
  zod: {
    client: z.object({ message: z.string(), shout: z.boolean().default(false) }),
    server: z.object({ message: z.string() }),
    events: { "chat.message": zodText, "chat.whisper": zodText },
  },
  valibot: {
    client: v.object({ message: v.string(), shout: v.optional(v.boolean(), false) }),
    server: v.object({ message: v.string() }),
    events: { "chat.message": valibotText, "chat.whisper": valibotText },
  },
  arktype: {
    client: type({ message: "string", shout: "boolean = false" }),
    server: type({ message: "string" }),
    events: { "chat.message": arktypeText, "chat.whisper": arktypeText },
  },
};

for (const [library, contract] of Object.entries(CONTRACTS)) {
  describe(`A contract of ${library}`, () => {
    const handled: string[] = [];

    class Chat extends ContractConsumer<ChatContract> {
      static readonly contract = contract;
      static readonly events: EventTable<Chat> = {
        "chat.message": relayJson(({ text }) => ({ message: text })),
        "chat.whisper": (self, { text }) => {
          handled.push(text);
          self.sendJson({ message: text });
        },
      };
      override get groups(): readonly string[] {
        return ["chat"];
      }
      override receiveJson({ message, shout }: InferOutput<ChatContract["client"]>): Promise<void> {
        return this.groupSend("chat", { type: "chat.message", text: shout ? message.toUpperCase() : message });
      }
    }
    const application = consumer(Chat);

    async function twoPeople(): Promise<{ layer: InMemoryChannelLayer; people: readonly WebSocketCommunicator[] }> {
      const layer = new InMemoryChannelLayer();
      const people = [1, 2].map(() => new WebSocketCommunicator(application, "/", { layer }));
      for (const person of people) await person.connect();
      return { layer, people };
    }

    test("brings what a client sends to everybody, with its defaults", async () => {
      const { people } = await twoPeople();
      people[0]?.sendJson({ message: "hello" });
      people[0]?.sendJson({ message: "hello", shout: true });
      for (const person of people) {
        assert.deepEqual(await person.receiveJson(contract.server), { message: "hello" });
        assert.deepEqual(await person.receiveJson(contract.server), { message: "HELLO" });
      }
    });

    test("answers a client that breaks it, and nobody else hears of it", async () => {
      const { people } = await twoPeople();
      people[0]?.sendJson({ message: 5 });
      assert.match(JSON.stringify(await people[0]?.receiveJson()), /^\{"error":\{"code":"CHANNELS_INVALID_INPUT"/);
      await people[1]?.receiveNothing();
    });

    test("refuses an event that breaks it where it is sent, from a consumer or from outside", async () => {
      const { layer, people } = await twoPeople();
      people[0]?.sendJson({ message: "longer than ten" });
      assert.deepEqual(await people[0]?.receiveClose(), { code: 1011, reason: "Internal error" });
      assert.ok(people[0]?.reports[0]?.error instanceof InvalidEventError);
      const outside = publisher(layer, contract);
      for (const text of ["longer than ten", 5 as unknown as string]) {
        await assert.rejects(outside.groupSend("chat", { type: "chat.message", text }), {
          code: "CHANNELS_INVALID_EVENT",
          type: "chat.message",
        });
      }
      await people[1]?.receiveNothing();
      await outside.groupSend("chat", { type: "chat.message", text: "short" });
      assert.deepEqual(await people[1]?.receiveJson(), { message: "short" });
    });

    test("keeps an event that breaks it away from handlers and relays, and reports it", async () => {
      const { layer, people } = await twoPeople();
      handled.length = 0;
      for (const type of ["chat.message", "chat.whisper"]) await layer.groupSend("chat", { type, text: 5 });
      await layer.groupSend("chat", { type: "chat.whisper", text: "fine" });
      for (const person of people) assert.deepEqual(await person.receiveJson(), { message: "fine" });
      assert.deepEqual(handled, ["fine", "fine"]);
      assert.deepEqual(
        people[0]?.reports.map(({ level, operation, error }) => [level, operation, (error as InvalidEventError).code]),
        [
          ["error", "chat.message", "CHANNELS_INVALID_EVENT"],
          ["error", "chat.whisper", "CHANNELS_INVALID_EVENT"],
        ],
      );
    });

    test("types and checks the client's side", () => {
      const sent: string[] = [];
      const socket = Object.assign(new EventTarget(), { send: (text: string) => void sent.push(text) });
      const seen: unknown[] = [];
      const client = new ContractClient(socket as unknown as ClientSocket, contract, {
        onMessage: (message) => seen.push(["message", message.message]),
        onRefused: ({ code }) => seen.push(["refused", code]),
        onInvalid: (issues, data) => seen.push(["invalid", issues.length > 0, data]),
      });
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

test("An event is checked once where it is sent, and not again by those it reaches in the process", async () => {
  let checks = 0;
  const counted = z.object({ text: z.string().refine(() => (checks += 1) > 0) });
  const contract: ChatContract = {
    client: z.object({ message: z.string(), shout: z.boolean().default(false) }),
    server: z.object({ message: z.string() }),
    events: { "chat.message": counted, "chat.whisper": counted },
  };
  class Chat extends ContractConsumer<ChatContract> {
    static readonly contract = contract;
    static readonly events: EventTable<Chat> = {
      "chat.message": relayJson(({ text }) => ({ message: text })),
      "chat.whisper": (self, { text }) => void self.sendJson({ message: text }),
    };
    override get groups(): readonly string[] {
      return ["chat"];
    }
  }
  const layer = new InMemoryChannelLayer();
  const people = Array.from({ length: 5 }, () => new WebSocketCommunicator(consumer(Chat), "/", { layer }));
  for (const person of people) await person.connect();
  for (const type of ["chat.message", "chat.whisper"] as const) {
    await publisher(layer, contract).groupSend("chat", { type, text: "hello" });
    for (const person of people) assert.deepEqual(await person.receiveJson(), { message: "hello" });
  }
  assert.equal(checks, 2);
});

test("An event whose schema does not answer at once, or that the contract does not have, is refused", async () => {
  const late: StandardSchema<object> = {
    "~standard": { version: 1, vendor: "test", validate: async (value) => ({ value: value as object }) },
  };
  const outside = publisher(new InMemoryChannelLayer(), { client: late, server: late, events: { late } });
  await assert.rejects(outside.groupSend("chat", { type: "late" }), { code: "CHANNELS_CONFIGURATION" });
  await assert.rejects(outside.groupSend("chat", { type: "toString" as "late" }), {
    code: "CHANNELS_INVALID_EVENT",
    message: /"toString" breaks its contract: the contract has no such event, but: "late"/,
  });
});

test("A worker handles what fits its contract, as the schema gives it, and reports each message that does not", async () => {
  const work = {
    events: { "thumbnail.make": z.object({ image: z.string(), width: z.int().default(100) }) },
  } satisfies EventContract;
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
  await until(() => handled.length > 1, "what was published");
  assert.deepEqual(handled[1], { type: "thumbnail.make", image: "dog.png", width: 50 });
  assert.equal(await worker.close(), 0);
});
