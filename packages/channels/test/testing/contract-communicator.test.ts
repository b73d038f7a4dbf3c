import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { consumer, defineContract, JsonWebSocketConsumer, protocolRouter, type StandardSchema } from "@lobby/channels";
import { ContractCommunicator } from "@lobby/channels/testing";

/** Validates asynchronously: a test may use schemas that a client may not. */
const late: StandardSchema<{ n: number }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => {
      const { n } = value as { readonly n?: unknown };
      return typeof n === "number" ? { value: { n } } : { issues: [{ message: "Expected a number.", path: ["n"] }] };
    },
  },
};
const echo = defineContract({
  name: "echo",
  path: "/",
  client: { frame: z.object({ text: z.string() }) },
  server: { said: z.object({ text: z.string().trim() }), left: z.object({}), late },
  events: {},
  groups: {},
});

/** A consumer that sends the text of each message as a frame, valid or not, or closes. */
class Echo extends JsonWebSocketConsumer(echo) {
  static readonly handlers = this.handle({
    receive: {
      frame({ text }) {
        if (text === "close") this.close(4000, "enough");
        else this.send(text === "bytes" ? Uint8Array.of(123, 125) : text);
      },
    },
    events: {},
  });
}

/** Connects and has the server send a frame. */
async function receiving(text: string): Promise<ContractCommunicator<typeof echo>> {
  const client = new ContractCommunicator(protocolRouter({ websocket: consumer(Echo) }), echo, "/");
  await client.connect();
  client.sendMessage({ type: "frame", text });
  return client;
}

describe("receiveMessage", () => {
  test("returns the next message of the kind, as the schema gives it", async () => {
    const client = await receiving('{"type":"said","text":" hello ","extra":1}');
    assert.deepEqual(await client.receiveMessage("said"), { type: "said", text: "hello" });
  });

  test("waits for a schema that validates asynchronously", async () => {
    assert.deepEqual(await (await receiving('{"type":"late","n":1}')).receiveMessage("late"), { type: "late", n: 1 });
  });

  for (const [what, frame, kind, sentence] of [
    ["another kind", '{"type":"left"}', "said", 'Expected a message of the kind "said", got {"type":"left"}.'],
    [
      "a message that breaks the contract",
      '{"type":"said","text":5}',
      "said",
      'Expected a message of the kind "said", got {"type":"said","text":5} (text: Invalid input: expected string, received number).',
    ],
    [
      "a message that breaks the contract, as an asynchronous schema finds,",
      '{"type":"late"}',
      "late",
      'Expected a message of the kind "late", got {"type":"late"} (n: Expected a number.).',
    ],
    [
      "a kind that the contract does not have",
      '{"type":"toString"}',
      "said",
      'Expected a message of the kind "said", got {"type":"toString"} (type: Expected one of "said", "left", "late").',
    ],
    [
      "an error frame",
      '{"error":{"code":"A","message":"b"}}',
      "said",
      'Expected a message of the kind "said", got {"error":{"code":"A","message":"b"}} (type: Expected one of "said", "left", "late").',
    ],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const client = await receiving(frame);
      await assert.rejects(client.receiveMessage(kind), { code: "CHANNELS_COMMUNICATOR_MISMATCH", message: sentence });
    });
  }

  for (const frame of ["no JSON", "bytes"]) {
    test(`refuses a frame of ${frame}`, async () => {
      const client = await receiving(frame);
      await assert.rejects(client.receiveMessage("said"), { code: "CHANNELS_COMMUNICATOR_MISMATCH" });
    });
  }

  test("refuses the close of the connection", async () => {
    const client = await receiving("close");
    await assert.rejects(client.receiveMessage("said"), { code: "CHANNELS_COMMUNICATOR_MISMATCH" });
  });

  test("has the kind `message` for one schema of all messages", async () => {
    const plain = defineContract({ ...echo, server: z.object({ text: z.string() }) });
    const client = new ContractCommunicator(consumer(Echo), plain, "/");
    await client.connect();
    client.sendMessage({ type: "frame", text: '{"text":"hello"}' });
    assert.deepEqual(await client.receiveMessage("message"), { text: "hello" });
    client.sendMessage({ type: "frame", text: "{}" });
    await assert.rejects(client.receiveMessage("message"), { code: "CHANNELS_COMMUNICATOR_MISMATCH" });
  });
});

test("sendMessage sends one JSON text, also a message that breaks the contract", async () => {
  const client = await receiving("{}");
  await client.receive();
  client.sendMessage({ type: "frame", text: 5 as never });
  assert.match(JSON.stringify(await client.receiveJson()), /"code":"CHANNELS_INVALID_INPUT"/);
});
