/** Classes of JSON consumers: inheritance, mixins, constructor arguments, and classes without a usable table. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
  anyJson,
  consumer,
  defineContract,
  JsonWebSocketConsumer,
  type ConsumerContext,
  type WebSocketApplication,
} from "@lobby/channels";
import { ContractCommunicator } from "@lobby/channels/testing";

const desk = defineContract({
  name: "desk",
  path: "/",
  client: { ask: z.object({ question: z.string() }) },
  server: { answer: z.object({ text: z.string() }) },
  events: { closed: z.object({}) },
  groups: {},
});

class Desk extends JsonWebSocketConsumer(desk) {
  static readonly handlers = this.handle({
    receive: {
      ask({ question }) {
        this.sendJson({ type: "answer", text: this.answerTo(question) });
      },
    },
    events: { closed: () => undefined },
  });
  answerTo(question: string): string {
    return `${this.#prefix} ${question}`;
  }
  readonly #prefix = "You asked:";
}

/** Connects, asks "Why?" and returns the text of the answer. */
async function ask(application: WebSocketApplication): Promise<string> {
  const client = new ContractCommunicator(application, desk, "/");
  await client.connect();
  client.sendMessage({ type: "ask", question: "Why?" });
  return (await client.receiveMessage("answer")).text;
}

describe("a subclass", () => {
  test("inherits the table; its handlers call the methods of the subclass", async () => {
    class Rude extends Desk {
      override answerTo(question: string): string {
        return `${super.answerTo(question)} No.`;
      }
    }
    assert.equal(await ask(consumer(Rude)), "You asked: Why? No.");
  });

  test("replaces the table, and the base class keeps its own", async () => {
    class Silent extends Desk {
      static override readonly handlers = this.handle({
        receive: {
          ask() {
            this.sendJson({ type: "answer", text: "…" });
          },
        },
        events: { closed: () => undefined },
      });
    }
    assert.equal(await ask(consumer(Silent)), "…");
    assert.equal(await ask(consumer(Desk)), "You asked: Why?");
  });

  test("takes constructor arguments, which `consumer` passes after the context", async () => {
    class Storing extends Desk {
      readonly #answers: ReadonlyMap<string, string>;
      constructor(context: ConsumerContext, answers: ReadonlyMap<string, string>) {
        super(context);
        this.#answers = answers;
      }
      override answerTo(question: string): string {
        return this.#answers.get(question) ?? "I do not know.";
      }
    }
    assert.equal(await ask(consumer(Storing, new Map([["Why?", "Because."]]))), "Because.");
  });
});

test("a mixin between the base and the class adds hooks and methods", async () => {
  const log: string[] = [];
  // TypeScript allows no other parameters for the base of a mixin.
  // oxlint-disable-next-line typescript/no-explicit-any
  type Base = abstract new (...args: any[]) => { accept(): void; disconnect(code: number, reason: string): unknown };
  function Logged<T extends Base>(Parent: T) {
    abstract class LoggedConsumer extends Parent {
      override disconnect(code: number, reason: string): unknown {
        this.note(`disconnect ${code}`);
        return super.disconnect(code, reason);
      }
      note(line: string): void {
        log.push(line);
      }
    }
    return LoggedConsumer;
  }
  class LoggedDesk extends Logged(JsonWebSocketConsumer(desk)) {
    static readonly handlers = this.handle({
      receive: {
        ask({ question }) {
          this.note(`ask ${question} ${this.#suffix}`);
          this.sendJson({ type: "answer", text: "noted" });
        },
      },
      events: { closed: () => undefined },
    });
    readonly #suffix = "!";
  }
  const client = new ContractCommunicator(consumer(LoggedDesk), desk, "/");
  await client.connect();
  client.sendMessage({ type: "ask", question: "Why?" });
  assert.equal((await client.receiveMessage("answer")).text, "noted");
  await client.disconnect();
  assert.deepEqual(log, ["ask Why? !", "disconnect 1000"]);
});

const noop = (): void => undefined;

describe("handle refuses a malformed table when the class is defined:", () => {
  const whole = { receive: { ask: noop }, events: { closed: noop } };
  for (const [sentence, handlers] of [
    ["handle takes its options as an object, got `undefined`.", undefined],
    ["handle has no option `recieve`, only `receive`, `events`, `invalid`.", { ...whole, recieve: {} }],
    [
      'Expected a handler for each message of the contract, "ask", and no other; got "aks".',
      { ...whole, receive: { aks: noop } },
    ],
    [
      'Expected a handler for each message of the contract, "ask", and no other; got a function.',
      { ...whole, receive: noop },
    ],
    ["Expected `receive.ask` to be a function, got `5`.", { ...whole, receive: { ask: 5 } }],
    ['Expected a handler for each event of the contract, "closed", and no other; got none.', { ...whole, events: {} }],
    [
      'Expected a handler for each event of the contract, "closed", and no other; got `undefined`.',
      { receive: { ask: noop } },
    ],
    ["Expected `invalid` to be a function, got an object.", { ...whole, invalid: {} }],
  ] as const) {
    test(sentence, () => {
      class Wrong extends JsonWebSocketConsumer(desk) {}
      assert.throws(() => Wrong.handle(handlers as never), { code: "CHANNELS_CONFIGURATION", message: sentence });
    });
  }

  test("Expected `receive` to be a function, got an object.", () => {
    class Wrong extends JsonWebSocketConsumer(defineContract({ ...desk, client: anyJson })) {}
    const handlers = { receive: { ask: noop }, events: { closed: noop } } as never;
    const message = "Expected `receive` to be a function, got an object.";
    assert.throws(() => Wrong.handle(handlers), { code: "CHANNELS_CONFIGURATION", message });
  });
});

describe("consumer() refuses a class without a table of its base:", () => {
  const remedy = "Expected Wrong to have a static `handlers` that its `handle` made, got";
  for (const [got, handlers] of [
    ["`undefined`", undefined],
    ["an object", { receive: { ask: noop }, events: { closed: noop } }],
  ] as const) {
    test(got, () => {
      class Wrong extends JsonWebSocketConsumer(desk) {
        static readonly handlers = handlers;
      }
      const message = `${remedy} ${got}.`;
      assert.throws(() => consumer(Wrong as never), { code: "CHANNELS_CONFIGURATION", message });
    });
  }

  test("no table at all", () => {
    class Wrong extends JsonWebSocketConsumer(desk) {}
    const message = `${remedy} \`undefined\`.`;
    assert.throws(() => consumer(Wrong as never), { code: "CHANNELS_CONFIGURATION", message });
  });
});

describe("consumer() refuses a JSON consumer that overrides", () => {
  for (const hook of ["receive", "receiveBinary"] as const) {
    test(`\`${hook}\`, also in a class between`, () => {
      class Wrong extends Desk {}
      Object.defineProperty(Wrong.prototype, hook, { value: noop });
      class Below extends Wrong {}
      for (const Class of [Wrong, Below]) {
        assert.throws(() => consumer(Class), {
          code: "CHANNELS_CONFIGURATION",
          message: `${Class.name} overrides \`${hook}\`, which a JSON consumer never calls. Handle messages with \`this.handle\`.`,
        });
      }
    });
  }
});

describe("the base of JSON consumers refuses", () => {
  for (const [sentence, attempt] of [
    [
      "JsonWebSocketConsumer has no option `require`, only `requires`.",
      () => JsonWebSocketConsumer(desk, { require: noop } as object),
    ],
    [
      "Expected `events` of a contract to be a table of schemas, got `undefined`.",
      () => JsonWebSocketConsumer({} as never),
    ],
    [
      "Expected `client` of a contract to be a table of schemas, got `5`.",
      () => JsonWebSocketConsumer({ ...desk, client: 5 } as never),
    ],
  ] as const) {
    test(sentence, () => {
      assert.throws(attempt, { code: "CHANNELS_CONFIGURATION", message: sentence });
    });
  }
});
