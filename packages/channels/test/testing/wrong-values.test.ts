/** Wrong values for the tools for tests. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Denial, InMemoryChannelLayer, protocolRouter, WebSocketConsumer } from "@lobby/channels";
import { ContractCommunicator, FaultyLayer, requestApplication, WebSocketCommunicator } from "@lobby/channels/testing";

/** Passes a value that the compiler would refuse. */
const wrong = (value: unknown): never => value as never;
const empty = protocolRouter({});
/** A layer that takes any listener. */
const careless = Object.assign(new InMemoryChannelLayer(), { onGap: () => () => undefined });
const denied = (): Denial => new Denial();
const answers = (answer: unknown): Promise<Response> => requestApplication(() => wrong(answer), "/");
class Room extends WebSocketConsumer {}

const root = "Expected `application` to be the result of `protocolRouter`";
const response = "Expected the application to return a Response";
const hint = "Return `new Response(…)`.";

const CALLS: readonly (readonly [name: string, call: () => unknown, sentence: string])[] = [
  ["new WebSocketCommunicator(5, …)", () => new WebSocketCommunicator(wrong(5), "/"), `${root}, got \`5\`.`],
  [
    "new WebSocketCommunicator(Room, …)",
    () => new WebSocketCommunicator(wrong(Room), "/"),
    'Expected `application` to be a function, got the class "Room". Mount a consumer class with `consumer`.',
  ],
  [
    "new WebSocketCommunicator(…, 5)",
    () => new WebSocketCommunicator(empty, wrong(5)),
    "Expected `path` to be text, got `5`.",
  ],
  ["new ContractCommunicator(5, …)", () => new ContractCommunicator(wrong(5), wrong({}), "/"), `${root}, got \`5\`.`],
  [
    "new ContractCommunicator(…, 5, …)",
    () => new ContractCommunicator(empty, wrong(5), "/"),
    "Expected `contract` to be the result of `defineContract` or `defineEvents`, got `5`.",
  ],
  [
    "new FaultyLayer(5, …)",
    () => new FaultyLayer(wrong(5), { seed: 1 }),
    "Expected `inner` to have a method `newChannel`, got `5`.",
  ],
  [
    "onGap(5) of a FaultyLayer",
    () => new FaultyLayer(careless, { seed: 1 }).onGap(wrong(5)),
    "Expected `onGap` to be a function, got `5`.",
  ],
  ["requestApplication({}, …)", () => requestApplication(wrong({}), "/"), `${root}, got an object.`],
  ["requestApplication(…, 5)", () => requestApplication(denied, wrong(5)), "Expected `path` to be text, got `5`."],
  ["an application that returns text", () => answers("hello"), `${response}, got "hello". ${hint}`],
  ["an application that returns nothing", () => answers(undefined), `${response}, got \`undefined\`. ${hint}`],
  ["an application that returns an object", () => answers({ ok: true }), `${response}, got an object. ${hint}`],
];

for (const [name, call, message] of CALLS) {
  test(`${name} is refused`, async () => {
    await assert.rejects(async () => call(), { code: "CHANNELS_CONFIGURATION", message });
  });
}
