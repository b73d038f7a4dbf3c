import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Denial, route, stack, urlRouter } from "@lobby/channels";
import { requestApplication } from "@lobby/channels/testing";
import { answer } from "../support/applications.ts";

const seen = (_connection: unknown, scope: object): object => scope;

describe("stack", () => {
  test("runs its middleware first to last, then the application", async () => {
    const order: string[] = [];
    const note = (name: string) => () => {
      order.push(name);
      return {};
    };
    await stack(note("first"), note("second"), note("third"))(() => order.push("application"))(null, {});
    assert.deepEqual(order, ["first", "second", "third", "application"]);
  });

  test("shows what one middleware adds to the next and to the application", async () => {
    const application = stack(
      () => ({ name: "Mina" }),
      (scope: { readonly name: string }) => ({ greeting: `Hello, ${scope.name}` }),
    )((_connection: unknown, scope: { readonly greeting: string; readonly name: string }) => scope);
    assert.deepEqual(await application(null, {}), { name: "Mina", greeting: "Hello, Mina" });
  });

  test("lets a later middleware replace what an earlier one added", async () => {
    const application = stack(
      () => ({ name: "Mina" }),
      () => ({ name: "Juno" }),
    )(seen);
    assert.deepEqual(await application(null, {}), { name: "Juno" });
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
    const result = application(null, {});
    order.push("released");
    slow.resolve({ late: true });
    assert.deepEqual(await result, { late: true });
    assert.deepEqual(order, ["released", "slow", "next"]);
  });

  test("ends with the first denial: nothing behind it runs", async () => {
    const denial = new Denial(403, "Members only.");
    let ran = false;
    const mark = (): object => {
      ran = true;
      return {};
    };
    for (const deny of [(): Denial => denial, async (): Promise<Denial> => denial]) {
      assert.equal(await stack(deny, mark)(mark)(null, {}), denial);
    }
    assert.equal(ran, false);
  });

  test("serves many connections at once with one instance and no leak between them", async () => {
    const gates = new Map<string, PromiseWithResolvers<void>>();
    const connect = stack(async ({ id }: { readonly id: string }) => {
      const gate = Promise.withResolvers<void>();
      gates.set(id, gate);
      await gate.promise;
      return { [`only for ${id}`]: true };
    })(seen);
    const ids = Array.from({ length: 100 }, (_, index) => `visitor ${index}`);
    const results = ids.map(async (id) => connect(null, { id }));
    // The last to come is the first to go on.
    for (const id of ids.toReversed()) gates.get(id)?.resolve();
    assert.deepEqual(
      await Promise.all(results),
      ids.map((id) => ({ id, [`only for ${id}`]: true })),
    );
  });

  test("leaves the scope it was given unchanged", async () => {
    const scope = Object.freeze({ url: "/" });
    assert.deepEqual(await stack(() => ({ user: "Mina" }))(seen)(null, scope), { url: "/", user: "Mina" });
    assert.deepEqual(scope, { url: "/" });
  });

  test("without middleware is the application alone", async () => {
    assert.deepEqual(await stack()(seen)(null, { a: 1 }), { a: 1 });
  });

  test("fails as its middleware fails, without calling the application", async () => {
    let called = false;
    const application = stack((): object => {
      throw new Error("store is down");
    })(() => {
      called = true;
    });
    await assert.rejects(async () => application(null, {}), /store is down/);
    assert.equal(called, false);
  });

  test("passes on which paths its application handles", () => {
    const router = urlRouter([route("/chat/", answer("chat"))]);
    const wrapped = stack(() => ({}))(stack(() => ({}))(router));
    assert.equal(wrapped.handles?.("/chat/"), true);
    assert.equal(wrapped.handles?.("/other/"), false);
    assert.equal(stack()(answer("any")).handles, undefined);
  });

  test("nests: an inner stack sees what the outer one added", async () => {
    const inner = stack((scope: { readonly outer: string }) => ({ inner: `${scope.outer} and inner` }))(
      (_request: Request, scope: { readonly inner: string }) => new Response(scope.inner),
    );
    const response = await requestApplication(stack(() => ({ outer: "outer" }))(inner), "/");
    assert.equal(await response.text(), "outer and inner");
  });
});
