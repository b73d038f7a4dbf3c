import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  connections,
  consumer,
  Denial,
  InMemoryChannelLayer,
  route,
  stack,
  urlRouter,
  WebSocketConsumer,
  type Application,
} from "@lobby/channels";
import { requestApplication, WebSocketCommunicator } from "@lobby/channels/testing";
import { answer } from "../support/applications.ts";

const seen = (_connection: unknown, scope: object): object => scope;

class Echo extends WebSocketConsumer {}

/** Calls an application with a scope that has only the properties that the test is about. */
function run(application: Application<never, never, unknown>, scope: object = {}): unknown {
  return application(null as never, scope as never);
}

describe("stack", () => {
  test("runs its middleware first to last, then the application", async () => {
    const order: string[] = [];
    const note = (name: string) => () => {
      order.push(name);
      return {};
    };
    const last = (_connection: unknown): unknown => order.push("application");
    await run(stack(note("first"), note("second"), note("third"))(last));
    assert.deepEqual(order, ["first", "second", "third", "application"]);
  });

  test("passes the additions of a middleware to the next and to the application", async () => {
    const application = stack(
      () => ({ name: "Mina" }),
      (scope: { readonly name: string }) => ({ greeting: `Hello, ${scope.name}` }),
    )((_connection: unknown, scope: { readonly greeting: string; readonly name: string }) => scope);
    assert.deepEqual(await run(application), { name: "Mina", greeting: "Hello, Mina" });
  });

  test("keeps the property of the later of two middleware", async () => {
    const application = stack(
      () => ({ name: "Mina" }),
      () => ({ name: "Juno" }),
    )(seen);
    assert.deepEqual(await run(application), { name: "Juno" });
  });

  test("waits for asynchronous middleware before the next one runs", async () => {
    const slow = Promise.withResolvers<object>();
    const order: string[] = [];
    const application = stack(
      async () => {
        const added = await slow.promise;
        order.push("slow");
        return added;
      },
      () => {
        order.push("next");
        return {};
      },
    )(seen);
    const result = run(application);
    order.push("released");
    slow.resolve({ late: true });
    assert.deepEqual(await result, { late: true });
    assert.deepEqual(order, ["released", "slow", "next"]);
  });

  test("ends with the first denial: no later step runs", async () => {
    const denial = new Denial(403, "Members only.");
    let ran = false;
    const mark = (_scope: unknown): object => {
      ran = true;
      return {};
    };
    const thrown = (): never => {
      throw denial;
    };
    for (const deny of [(): Denial => denial, async (): Promise<Denial> => denial, thrown, async () => thrown()]) {
      assert.equal(await run(stack(deny, mark)(mark)), denial);
    }
    assert.equal(ran, false);
  });

  test("serves many connections at once with one instance, and mixes up no scopes", async () => {
    const gates = new Map<string, PromiseWithResolvers<void>>();
    const application = stack(async ({ id }: { readonly id: string }) => {
      const gate = Promise.withResolvers<void>();
      gates.set(id, gate);
      await gate.promise;
      return { [`only for ${id}`]: true };
    })(seen);
    const ids = Array.from({ length: 100 }, (_, index) => `visitor ${index}`);
    const results = ids.map(async (id) => run(application, { id }));
    // The last to come is the first to go on.
    for (const id of ids.toReversed()) gates.get(id)?.resolve();
    assert.deepEqual(
      await Promise.all(results),
      ids.map((id) => ({ id, [`only for ${id}`]: true })),
    );
  });

  test("leaves the outer scope unchanged", async () => {
    const scope = Object.freeze({ url: "/" });
    assert.deepEqual(await run(stack(() => ({ user: "Mina" }))(seen), scope), { url: "/", user: "Mina" });
    assert.deepEqual(scope, { url: "/" });
  });

  test("without middleware is the application alone", async () => {
    assert.deepEqual(await run(stack()(seen), { a: 1 }), { a: 1 });
  });

  for (const [got, result] of [
    ['"Mina"', "Mina"],
    ["`undefined`", undefined],
    ["`null`", null],
    ["`true`", true],
    ["a list", ["Mina"]],
    ["a function", () => ({})],
    ["a Response", new Response()],
  ] as const) {
    test(`refuses ${got} as the result of a step`, async () => {
      const application = stack(
        () => ({}),
        () => result as unknown as object,
      )(() => assert.fail("called"));
      await assert.rejects(async () => run(application), {
        code: "CHANNELS_CONFIGURATION",
        message:
          "Expected step 2 of a stack to return an object with its additions or a `Denial`, " +
          `got ${got}. Return \`{}\` to add nothing.`,
      });
    });
  }

  test("throws the error of its middleware, without calling the application", async () => {
    let called = false;
    const application = stack((): object => {
      throw new Error("store is down");
    })((_connection: unknown): void => {
      called = true;
    });
    await assert.rejects(async () => run(application), /store is down/);
    assert.equal(called, false);
  });

  test("runs the step of `use` after all others, and is unchanged itself", async () => {
    const named = stack(() => ({ name: "Mina" }));
    const greeted = named
      .use(({ name }) => ({ greeting: `Hello, ${name}` }))
      .use(({ greeting }) => ({ text: greeting }));
    assert.deepEqual(await run(greeted(seen)), { name: "Mina", greeting: "Hello, Mina", text: "Hello, Mina" });
    assert.deepEqual(await run(named(seen)), { name: "Mina" });
  });

  test("closes an open connection that a step denies at a refresh, by a returned or a thrown denial", async () => {
    const denial = new Denial(403, "Banned.");
    const ban = (isThrown: boolean): Denial => {
      if (isThrown) throw denial;
      return denial;
    };
    for (const isThrown of [false, true]) {
      let isBanned = false;
      const checked = stack(() => (isBanned ? ban(isThrown) : { subjects: ["user:7"] }));
      await using layer = new InMemoryChannelLayer();
      const client = new WebSocketCommunicator(checked(consumer(Echo)), "/", { layer });
      await client.connect();
      isBanned = true;
      await connections(layer).refresh("user:7");
      assert.deepEqual(await client.receiveClose(), { code: 4403, reason: "Banned." });
      assert.deepEqual(client.reports, []);
    }
  });

  test("knows the paths of its application", () => {
    const router = urlRouter([route("/chat/", answer("chat"))]);
    const wrapped = stack(() => ({}))(stack(() => ({}))(router));
    assert.equal(wrapped.handles?.("/chat/"), true);
    assert.equal(wrapped.handles?.("/other/"), false);
    assert.equal(stack()(answer("any")).handles, undefined);
  });

  test("nests: an inner stack sees the additions of the outer one", async () => {
    const inner = stack((scope: { readonly outer: string }) => ({ inner: `${scope.outer} and inner` }))(
      (_request: Request, scope: { readonly inner: string }) => new Response(scope.inner),
    );
    const response = await requestApplication(stack(() => ({ outer: "outer" }))(inner), "/");
    assert.equal(await response.text(), "outer and inner");
  });
});
