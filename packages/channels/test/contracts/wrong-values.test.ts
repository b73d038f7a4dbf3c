/** Wrong contracts, and wrong values for what a program makes of one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import {
  channelConsumer,
  ContractClient,
  defineContract,
  defineEvents,
  InMemoryChannelLayer,
  JsonWebSocketConsumer,
  publisher,
} from "@lobby/channels";

/** Passes a value that the compiler would refuse. */
const wrong = (value: unknown): never => value as never;
const memory = new InMemoryChannelLayer();
const text = z.object({ text: z.string() });
const parts = {
  name: "chat",
  path: "/",
  client: { say: text, leave: text },
  server: { said: text, left: text },
  events: { said: text, left: text },
  groups: {},
} as const;
const chat = defineContract(parts);
const plain = defineContract({ ...chat, server: text });
const work = defineEvents({ name: "work", events: {} });
const socket = { readyState: 1, send() {}, close() {}, addEventListener() {} };
const client = new ContractClient(socket, chat);

const contracts = "Expected `contract` to be the result of `defineContract` or `defineEvents`";
const reserved = 'of a contract to be other than "reply" and "error", which are reserved';

const CALLS: readonly (readonly [name: string, call: () => unknown, sentence: string])[] = [
  ["JsonWebSocketConsumer(5)", () => JsonWebSocketConsumer(wrong(5)), `${contracts}, got \`5\`.`],
  [
    "JsonWebSocketConsumer(undefined)",
    () => JsonWebSocketConsumer(wrong(undefined)),
    `${contracts}, got \`undefined\`.`,
  ],
  [
    "JsonWebSocketConsumer of events only",
    () => JsonWebSocketConsumer(wrong(work)),
    "Expected `client` of a contract to be a table of schemas, got `undefined`.",
  ],
  [
    "requires: 5",
    () => JsonWebSocketConsumer(chat, wrong({ requires: 5 })),
    "Expected `requires` to be the result of `stack`, got `5`.",
  ],
  [
    "requires: () => …",
    () => JsonWebSocketConsumer(chat, wrong({ requires: () => ({}) })),
    "Expected `requires` to be the result of `stack`, got a function.",
  ],
  [
    "handle({})",
    () => JsonWebSocketConsumer(chat).handle(wrong({})),
    'Expected a handler for each message of the contract, "leave", "say", and no other; got `undefined`.',
  ],
  [
    "publisher(undefined, …)",
    () => publisher(wrong(undefined), chat),
    "Expected `layer` to have a method `send`, got `undefined`.",
  ],
  ["publisher(…, undefined)", () => publisher(memory, wrong(undefined)), `${contracts}, got \`undefined\`.`],
  ["publisher(…, 5)", () => publisher(memory, wrong(5)), `${contracts}, got \`5\`.`],
  ["channelConsumer(5, …)", () => channelConsumer(wrong(5), wrong({})), `${contracts}, got \`5\`.`],
  [
    "channelConsumer(…, {})",
    () => channelConsumer(chat, wrong({})),
    'Expected a handler for each event of the contract, "left", "said", and no other; got none.',
  ],
  [
    "a client's message of the kind `reply`",
    () => defineContract(wrong({ ...parts, client: { reply: text } })),
    `Expected the kinds in \`client\` ${reserved}, got "reply". Rename it.`,
  ],
  [
    "a server's message of the kind `error`",
    () => defineContract(wrong({ ...parts, server: { said: text, error: text } })),
    `Expected the kinds in \`server\` ${reserved}, got "error". Rename it.`,
  ],
  [
    "new ContractClient(undefined, …)",
    () => new ContractClient(wrong(undefined), chat),
    "Expected `socket` to have a method `addEventListener`, got `undefined`.",
  ],
  [
    "new ContractClient without `send`",
    () => new ContractClient(wrong({ ...socket, send: 5 }), chat),
    "Expected `socket` to have a method `send`, got an object.",
  ],
  [
    "new ContractClient(…, undefined)",
    () => new ContractClient(socket, wrong(undefined)),
    `${contracts}, got \`undefined\`.`,
  ],
  [
    "new ContractClient(…, …, 5)",
    () => new ContractClient(socket, chat, wrong(5)),
    "ContractClient takes its options as an object, got `5`.",
  ],
  [
    "new ContractClient with an unknown option",
    () => new ContractClient(socket, chat, wrong({ onError: () => undefined })),
    "ContractClient has no option `onError`, only `onRefused`, `onInvalid`.",
  ],
  [
    "new ContractClient with a wrong option",
    () => new ContractClient(socket, chat, wrong({ onRefused: 5 })),
    "Expected `onRefused` to be a function, got `5`.",
  ],
  [
    "client.on(unknown kind, …)",
    () => client.on(wrong("sad"), () => undefined),
    'Expected a kind of the server\'s messages, "said", "left", got "sad".',
  ],
  [
    "client.on(kind, …) with one schema",
    () => new ContractClient(socket, plain).on(wrong("said"), () => undefined),
    'Expected a kind of the server\'s messages, "message", got "said".',
  ],
  ["client.on(kind, 5)", () => client.on("said", wrong(5)), "Expected `handler` to be a function, got `5`."],
];

for (const [name, call, message] of CALLS) {
  test(`${name} is refused`, () => {
    assert.throws(call, { code: "CHANNELS_CONFIGURATION", message });
  });
}

test("a contract may have events of the reserved kinds, and options with the value undefined", () => {
  defineContract({ ...parts, events: { error: text, reply: text } });
  assert.ok(new ContractClient(socket, chat, wrong({ onRefused: undefined })));
  JsonWebSocketConsumer(chat, wrong({ requires: undefined }));
});
