import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  authStack,
  channelConsumer,
  connections,
  defineEvents,
  Denial,
  InMemoryChannelLayer,
  InMemorySessionStore,
  protocolRouter,
  publisher,
  startWorker,
  sessions,
  type StandardSchema,
} from "@lobby/channels";
import type { CookieOptions } from "../src/middleware/cookies.ts";
import { eventStream } from "@lobby/channels/event-stream";
import { FaultyLayer, WebSocketCommunicator } from "@lobby/channels/testing";

const store = new InMemorySessionStore();
const users = { loadUser: (id: string) => ({ id }) };

const memory = (): InMemoryChannelLayer => new InMemoryChannelLayer();
const note = { type: "note" };
/** Passes a value that the compiler would refuse. */
const wrong = (value: unknown): never => value as never;
const worked = Object.assign(() => undefined, { channels: ["jobs"] });
const anything: StandardSchema<unknown, object> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as object }) },
};
const notes = defineEvents({ name: "notes", events: { note: anything }, groups: { all: () => "" } });
const work = (options: object): unknown => startWorker(protocolRouter({ channel: worked }), options);

for (const event of [{}, null, undefined, 5, "note", { type: "" }]) {
  test(`a publisher refuses ${JSON.stringify(event)} as an event, as the layer does`, async () => {
    const outside = publisher(memory(), notes);
    await assert.rejects(outside.send("jobs", wrong(event)), { code: "CHANNELS_INVALID_MESSAGE" });
    await assert.rejects(outside.groupSend(notes.groups.all(), wrong(event)), { code: "CHANNELS_INVALID_MESSAGE" });
  });
}

for (const [sentence, attempt] of [
  [
    "groupSend has no option `exept`, only `except`.",
    () => new InMemoryChannelLayer().groupSend("room", { type: "note" }, { exept: "a" } as object),
  ],
  [
    "receive has no option `sginal`, only `signal`, `onListening`, `onUnavailable`.",
    () => new InMemoryChannelLayer().receive("jobs", { sginal: AbortSignal.abort() } as object),
  ],
  [
    "connections.close has no option `status`, only `code`, `reason`.",
    () => connections(new InMemoryChannelLayer()).close("user:1", { status: 4403 } as object),
  ],
  [
    "protocolRouter has no option `webSocket`, only `http`, `websocket`, `channel`, `layer`.",
    () => protocolRouter({ webSocket: () => new Denial(404, "No.") } as object),
  ],
  [
    "sessions has no option `maxAge`, only `store`, `cookieName`, `maxAgeSeconds`, `cookie`.",
    () => sessions({ store, maxAge: 5 } as { store: typeof store }),
  ],
  [
    "`cookie` of sessions has no option `secue`, only `path`, `domain`, `secure`, `sameSite`.",
    () => sessions({ store, cookie: { secue: true } as CookieOptions }),
  ],
  [
    "authStack has no option `user`, only `sessions`, `users`.",
    () => authStack({ sessions: { store }, users, user: users } as Parameters<typeof authStack>[0]),
  ],
  [
    "A denial has no option `header`, only `headers`, `body`, `closeCode`.",
    () => new Denial(503, "No.", { header: {} } as object),
  ],
  [
    "WebSocketCommunicator has no option `timeout`, only `headers`, `subprotocols`, `client`, `layer`, `timeoutMs`.",
    () => new WebSocketCommunicator(protocolRouter({}), "/", { timeout: 5 } as object),
  ],
  ["groupSend takes its options as an object, got `null`.", () => memory().groupSend("room", note, wrong(null))],
  ["groupSend takes its options as an object, got a list.", () => memory().groupSend("room", note, wrong([]))],
  ["receive takes its options as an object, got `null`.", () => memory().receive("jobs", wrong(null))],
  ["Expected `signal` to be an AbortSignal, got `5`.", () => memory().receive("jobs", wrong({ signal: 5 }))],
  [
    "Expected `onUnavailable` to be a function, got an object.",
    () => memory().receive("jobs", wrong({ onUnavailable: {} })),
  ],
  ["InMemoryChannelLayer takes its options as an object, got `null`.", () => new InMemoryChannelLayer(wrong(null))],
  ["Expected `onDrop` to be a function, got `0`.", () => new InMemoryChannelLayer(wrong({ onDrop: 0 }))],
  ["The worker takes its options as an object, got `null`.", () => startWorker(protocolRouter({}), wrong(null))],
  ["Expected `concurrency` to be an integer from 1 up, got `null`.", () => work({ concurrency: null })],
  ["Expected `onReport` to be a function, got an object.", () => work({ onReport: console })],
  ["eventStream takes its options as an object, got `5`.", () => eventStream(() => new Denial(), wrong(5))],
  ["FaultyLayer takes its options as an object, got `null`.", () => new FaultyLayer(memory(), wrong(null))],
  ["connections.close takes its options as an object, got `5`.", () => connections(memory()).close("me", wrong(5))],
  ["A denial takes its options as an object, got `null`.", () => new Denial(503, "No.", wrong(null))],
  ["`cookie` of sessions takes its options as an object, got `null`.", () => sessions({ store, cookie: wrong(null) })],
  ["sessions takes its options as an object, got `undefined`.", () => authStack(wrong({}))],
  ["Expected `store` to have a method `load`, got `undefined`.", () => sessions(wrong({}))],
  [
    "Expected `store` to have a method `create`, got an object.",
    () => sessions(wrong({ store: { load: () => ({}) } })),
  ],
  ["Expected `users` to have a method `loadUser`, got `undefined`.", () => authStack(wrong({ sessions: { store } }))],
  ["protocolRouter takes its options as an object, got a function.", () => protocolRouter(wrong(() => 5))],
  ["Expected `websocket` to be a function, got `5`.", () => protocolRouter(wrong({ websocket: 5 }))],
  ["Expected `http` to be a function, got `null`.", () => protocolRouter(wrong({ http: null }))],
  ["Expected `layer` to have a method `newChannel`, got an object.", () => protocolRouter(wrong({ layer: {} }))],
  ["Expected `events` of a contract to be a table of schemas, got `undefined`.", () => publisher(memory(), wrong({}))],
  ['Expected a schema for "note" of a contract, got `5`.', () => publisher(memory(), wrong({ events: { note: 5 } }))],
  [
    'Expected a schema for "note" of a contract, got `5`.',
    () => channelConsumer(wrong({ events: { note: 5 } }), wrong({ note: () => undefined })),
  ],
  [
    'Expected a handler for each event of the contract, "note", and no other; got "other".',
    () => channelConsumer(notes, wrong({ other: () => undefined })),
  ],
  [
    'Expected a handler for each event of the contract, "note", and no other; got `undefined`.',
    () => channelConsumer(notes, wrong(undefined)),
  ],
  ["Expected `note` to be a function, got `5`.", () => channelConsumer(notes, wrong({ note: 5 }))],
  ...[0, Number.NaN, 2 ** 31].map(
    (timeoutMs) =>
      [
        `Expected \`timeoutMs\` to be an integer from 1 to 2147483647, got \`${timeoutMs}\`.`,
        () => new WebSocketCommunicator(protocolRouter({}), "/", { timeoutMs }),
      ] as const,
  ),
] as const) {
  test(`an unknown or wrong option is refused: ${sentence}`, async () => {
    await assert.rejects(async () => attempt(), { code: "CHANNELS_CONFIGURATION", message: sentence });
  });
}

test("a worker continues when the options of `close` are refused", async () => {
  const handled: string[] = [];
  const channel = Object.assign(({ type }: { readonly type: string }) => void handled.push(type), {
    channels: ["jobs"],
  });
  const application = protocolRouter({ channel });
  await using worker = startWorker(application);
  for (const [options, message] of [
    [{ timeout: 5 }, "worker.close has no option `timeout`, only `timeoutMs`."],
    [{ timeoutMs: Number.NaN }, "Expected `timeoutMs` to be an integer from 1 to 2147483647, got `NaN`."],
    [{ timeoutMs: 2 ** 31 }, "Expected `timeoutMs` to be an integer from 1 to 2147483647, got `2147483648`."],
  ] as const) {
    await assert.rejects(worker.close(options as object), { code: "CHANNELS_CONFIGURATION", message });
  }
  await application.layer.send("jobs", { type: "job" });
  await nextTurn();
  assert.deepEqual(handled, ["job"]);
});
