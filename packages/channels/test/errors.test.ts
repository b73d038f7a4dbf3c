import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as errors from "../src/errors.ts";
import * as testingErrors from "../src/testing/errors.ts";
import * as workerErrors from "../src/workers/errors.ts";

const {
  ChannelFullError,
  ChannelsError,
  EventLoopBlockedError,
  InvalidMessageError,
  InvalidNameError,
  NoHandlerError,
} = errors;

/** One error of each class of the package. */
const ERRORS = Object.entries({ ...errors, ...testingErrors, ...workerErrors })
  .filter(
    ([name, value]) => name.endsWith("Error") && (value as { prototype?: unknown }).prototype instanceof ChannelsError,
  )
  .map(
    ([name, Class]) =>
      [name, new (Class as unknown as new (...rest: unknown[]) => errors.ChannelsError)("a", ["b"], "c")] as const,
  );

describe("every error", () => {
  test("has a code that follows from the name of its class", () => {
    assert.ok(ERRORS.length >= 24);
    for (const [name, error] of ERRORS) {
      const words = name.replace(/Error$/, "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_");
      assert.equal(error.code, `CHANNELS_${words.toUpperCase()}`);
      assert.equal(error.name, name);
      assert.ok(error instanceof Error);
    }
  });
});

describe("the message of an error", () => {
  for (const [error, message] of [
    [new ChannelFullError("로비", 5), 'Channel "로비" has 5 waiting messages, its limit; the layer dropped this one.'],
    [new InvalidNameError("group", "", "is not empty"), 'Expected a group name that is not empty, got "".'],
    [new InvalidMessageError(undefined), "got `undefined` with type `undefined`."],
    [new InvalidMessageError({ type: "" }), 'got an object with type "".'],
    [new NoHandlerError("Chat", "chat.typo"), 'Chat declares no event "chat.typo"; no handler received the message.'],
    [new EventLoopBlockedError("Chat", "receive", 250.4), 'Chat blocked the event loop for 250 ms in "receive".'],
  ] as const) {
    test(`names the value: ${message}`, () => {
      assert.ok(error.message.includes(message), error.message);
    });
  }

  test("stays short and on one line for a hostile value", () => {
    for (const error of [
      new NoHandlerError("Chat", "x".repeat(100_000)),
      new InvalidNameError("channel", "\n".repeat(100_000), "is short"),
      new ChannelFullError("\r\n".repeat(50_000), 1),
    ]) {
      assert.ok(error.message.length < 500);
      assert.doesNotMatch(error.message, /[\r\n]/);
    }
  });

  test("hides the content of a message", () => {
    const error = new InvalidMessageError({ type: 1, password: "secret" });
    assert.doesNotMatch(error.message, /secret|password/);
  });
});
