/** A wrong value gets an error that names it when a program passes it, not when a client connects. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  backoffDelayMs,
  channelNameRouter,
  connections,
  consumer,
  decodePathSegment,
  Denial,
  include,
  InMemoryChannelLayer,
  protocolRouter,
  route,
  Signer,
  stack,
  startWorker,
  urlRouter,
  userSubject,
  WebSocketConsumer,
} from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { serializeCookie } from "../src/middleware/cookies.ts";

/** Passes a value that the compiler would refuse. */
const wrong = (value: unknown): never => value as never;
const memory = new InMemoryChannelLayer();
const nothing = (): Denial => new Denial(404);
class Room extends WebSocketConsumer {}

const classes =
  "Expected `consumer` to get a class that extends `WebSocketConsumer` or `JsonWebSocketConsumer(contract)`";
const routes = "Expected `routes` to be a list of results of `route` and `include`";
const room = 'Expected `application` to be a function, got the class "Room". Mount a consumer class with `consumer`.';
const root = "Expected `application` to be the result of `protocolRouter`";

const CALLS: readonly (readonly [name: string, call: () => unknown, sentence: string])[] = [
  ["consumer(5)", () => consumer(wrong(5)), `${classes}, got \`5\`.`],
  ["consumer({})", () => consumer(wrong({})), `${classes}, got an object.`],
  ["consumer(() => …)", () => consumer(wrong(() => undefined)), `${classes}, got a function.`],
  ["consumer(Set)", () => consumer(wrong(Set)), `${classes}, got a function.`],
  ["route(5, …)", () => route(wrong(5), nothing), 'Expected a path that starts with "/", got `5`.'],
  [
    "route(…, undefined)",
    () => route("/", wrong(undefined)),
    "Expected `application` to be a function, got `undefined`.",
  ],
  ["route(…, Room)", () => route("/", wrong(Room)), room],
  [
    "route with a repeated parameter",
    () => route("/:a/:b/:a", nothing),
    'Expected the parameters of "/:a/:b/:a" to have different names, got ":a" twice. Rename one of them.',
  ],
  [
    "route with :__proto__",
    () => route("/:__proto__", nothing),
    'Expected the parameters of "/:__proto__" to have names that objects keep, got ":__proto__". Rename it.',
  ],
  [
    "include with :__proto__",
    () => include("/:__proto__/", urlRouter([])),
    'Expected the parameters of "/:__proto__/" to have names that objects keep, got ":__proto__". Rename it.',
  ],
  ["include(5, …)", () => include(wrong(5), urlRouter([])), 'Expected a path that starts with "/", got `5`.'],
  [
    "include(…, undefined)",
    () => include("/", wrong(undefined)),
    "Expected `router` to be a function, got `undefined`.",
  ],
  ["urlRouter(undefined)", () => urlRouter(wrong(undefined)), `${routes}, got \`undefined\`.`],
  ["urlRouter({})", () => urlRouter(wrong({})), `${routes}, got an object.`],
  ["urlRouter([5])", () => urlRouter(wrong([route("/", nothing), 5])), `${routes}, got \`5\` in it.`],
  ["urlRouter([undefined])", () => urlRouter(wrong([undefined])), `${routes}, got \`undefined\` in it.`],
  [
    "channelNameRouter(5)",
    () => channelNameRouter(wrong(5)),
    "Expected `applications` to be a table with an application for each channel, got `5`.",
  ],
  [
    "channelNameRouter({ a: 5 })",
    () => channelNameRouter(wrong({ a: 5 })),
    "Expected `applications.a` to be a function, got `5`.",
  ],
  [
    "protocolRouter({ websocket: Room })",
    () => protocolRouter(wrong({ websocket: Room })),
    room.replace("application", "websocket"),
  ],
  ["startWorker(undefined)", () => startWorker(wrong(undefined)), `${root}, got \`undefined\`.`],
  ["startWorker(5)", () => startWorker(wrong(5)), `${root}, got \`5\`.`],
  ["startWorker({})", () => startWorker(wrong({})), `${root}, got an object.`],
  [
    "eventStream(undefined)",
    () => eventStream(wrong(undefined)),
    "Expected `application` to be a function, got `undefined`.",
  ],
  ["eventStream(Room)", () => eventStream(wrong(Room)), room],
  ["stack(5)", () => stack(wrong(5)), "Expected `middleware` to be a function, got `5`."],
  ["stack().use({})", () => stack().use(wrong({})), "Expected `middleware` to be a function, got an object."],
  ["stack()(5)", () => stack()(wrong(5)), "Expected `application` to be a function, got `5`."],
  ["stack()(Room)", () => stack()(wrong(Room)), room],
  ["connections({})", () => connections(wrong({})), "Expected `layer` to have a method `groupSend`, got an object."],
  [
    "connections(undefined)",
    () => connections(wrong(undefined)),
    "Expected `layer` to have a method `groupSend`, got `undefined`.",
  ],
  ["userSubject(5)", () => userSubject(wrong(5)), "Expected `userId` to be text, got `5`."],
  [
    'new Denial("403")',
    () => new Denial(wrong("403")),
    'Expected the status of a denial to be from 400 to 599, got "403".',
  ],
  ["new Denial(403, 5)", () => new Denial(403, wrong(5)), "Expected `reason` to be text, got `5`."],
  ["onGap(5) of the memory layer", () => memory.onGap(wrong(5)), "Expected `onGap` to be a function, got `5`."],
  ["new Signer()", () => new Signer(), "Expected secrets of at least 32 bytes, got none."],
  [
    "new Signer(5)",
    () => new Signer(wrong(5)),
    "Expected each secret to be a `Uint8Array` of at least 32 bytes, got `5`.",
  ],
  [
    "new Signer(undefined)",
    () => new Signer(wrong(undefined)),
    "Expected each secret to be a `Uint8Array` of at least 32 bytes, got `undefined`.",
  ],
  [
    "new Signer(text), without the text",
    () => new Signer(wrong("a secret of more than thirty-two characters")),
    "Expected each secret to be a `Uint8Array` of at least 32 bytes, got text.",
  ],
  [
    "a cookie with the name 5",
    () => serializeCookie(wrong(5), ""),
    "Expected a cookie name of letters, digits and the characters !#$%&'*+-.^_`|~, got `5`.",
  ],
  [
    "a cookie with the value 5",
    () => serializeCookie("a", wrong(5)),
    'Expected the value of the cookie "a" to be well-formed text, got `5`.',
  ],
  [
    "a cookie with a malformed value",
    () => serializeCookie("a", "\ud83d"),
    'Expected the value of the cookie "a" to be well-formed text, got text with a lone surrogate.',
  ],
  [
    "a cookie with a wrong path",
    () => serializeCookie("a", "b", { path: "/;" }),
    'Expected `path` of a cookie to be ASCII without ";" or control characters, got "/;".',
  ],
  [
    "a cookie with a wrong domain",
    () => serializeCookie("a", "b", { domain: wrong(5) }),
    'Expected `domain` of a cookie to be ASCII without ";" or control characters, got `5`.',
  ],
  ["decodePathSegment(5)", () => decodePathSegment(wrong(5)), "Expected `segment` to be text, got `5`."],
  ["backoffDelayMs(-1, …)", () => backoffDelayMs(-1, 1, 1), "Expected `failures` to be a number from 0 up, got `-1`."],
  [
    "backoffDelayMs(…, undefined)",
    () => backoffDelayMs(0, 1, wrong(undefined)),
    "Expected `maxMs` to be a number from 0 up, got `undefined`.",
  ],
];

for (const [name, call, message] of CALLS) {
  test(`${name} is refused`, () => {
    assert.throws(call, { code: "CHANNELS_CONFIGURATION", message });
  });
}
