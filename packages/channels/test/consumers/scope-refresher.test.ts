/** Gaps of the layer: revocations may have been lost in them, so connections with subjects refresh. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  consumer,
  Denial,
  stack,
  WebSocketConsumer,
  type ConsumerContext,
  type SubjectScope,
  type WebSocketApplication,
} from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { until } from "@lobby/test-support/waiting";
import { Hub } from "../support/hub-layer.ts";

const WIDE = { capacity: 100, expiryMs: 60_000, leaseMs: 60_000 };

/** The facts that middleware looks up. */
interface Facts {
  role: string;
  isBanned: boolean;
}

interface Site {
  readonly hub: Hub;
  readonly facts: Facts;
  /** Lookups by path. */
  readonly lookups: Map<string, number>;
  readonly log: string[];
  /** Connects to a path. The path `/visitor/` gives no subject. */
  readonly enter: (path: string) => Promise<WebSocketCommunicator>;
}

type Act = (consumer: WebSocketConsumer) => unknown;

/** @param inConstructor Runs in the constructor of the consumer, `inConnect` in its `connect`. */
function site(inConnect: Act = (self) => self.accept(), inConstructor: Act = () => undefined): Site {
  const [hub, log] = [new Hub(), [] as string[]];
  const facts: Facts = { role: "member", isBanned: false };
  const lookups = new Map<string, number>();
  const withRole = stack(({ url: { pathname }, subjects }: SubjectScope & { readonly url: URL }) => {
    lookups.set(pathname, (lookups.get(pathname) ?? 0) + 1);
    if (facts.isBanned) return new Denial(403, "Banned.");
    return { role: facts.role, ...(pathname === "/visitor/" ? {} : { subjects: [...subjects, pathname] }) };
  });
  class Member extends WebSocketConsumer {
    constructor(context: ConsumerContext) {
      super(context);
      inConstructor(this);
    }
    override async connect(): Promise<void> {
      await inConnect(this);
    }
    override scopeChanged(): void {
      log.push((this.scope as unknown as { readonly role: string }).role);
    }
  }
  const application: WebSocketApplication = withRole(consumer(Member));
  const layer = hub.open(WIDE);
  const enter = async (path: string): Promise<WebSocketCommunicator> => {
    const client = new WebSocketCommunicator(application, path, { layer });
    await client.connect();
    await client.whenIdle();
    return client;
  };
  return { hub, facts, lookups, log, enter };
}

describe("after a gap of the layer", () => {
  test("each connection with subjects runs its middleware again, and no other connection does", async () => {
    const { hub, facts, lookups, log, enter } = site();
    for (const path of ["/mina/", "/juno/", "/visitor/"]) await enter(path);
    facts.role = "admin";
    lookups.clear();
    await hub.restart();
    await until(() => log.length === 2, "two new scopes");
    assert.deepEqual(log, ["admin", "admin"]);
    assert.deepEqual(Object.fromEntries(lookups), { "/mina/": 1, "/juno/": 1 });
  });

  test("a connection closes when its middleware now denies it", async () => {
    const { hub, facts, enter } = site();
    const client = await enter("/mina/");
    facts.isBanned = true;
    await hub.restart();
    assert.deepEqual(await client.receiveClose(), { code: 4403, reason: "Banned." });
  });

  test("each further gap refreshes again", async () => {
    const { hub, facts, log, enter } = site();
    await enter("/mina/");
    for (const role of ["admin", "guest"]) {
      facts.role = role;
      await hub.restart();
      await until(() => log.at(-1) === role, "the new scope");
    }
    assert.deepEqual(log, ["admin", "guest"]);
  });
});

function fail(): never {
  throw new Error("boom");
}

describe("the subscription to gaps", () => {
  test("begins with a connection that has subjects, and ends when its client leaves", async () => {
    const { hub, enter } = site();
    await enter("/visitor/");
    assert.equal(hub.gapListeners.size, 0);
    const [mina, juno] = [await enter("/mina/"), await enter("/juno/")];
    assert.equal(hub.gapListeners.size, 2);
    await mina.disconnect();
    assert.equal(hub.gapListeners.size, 1);
    await juno.disconnect();
    assert.equal(hub.gapListeners.size, 0);
  });

  for (const [how, inConnect, inConstructor] of [
    ["connect denies", (self) => self.deny()],
    ["connect throws", fail],
    ["connect answers nothing", () => undefined],
    ["connect accepts and throws", (self) => (self.accept(), fail())],
    ["connect closes", (self) => (self.accept(), self.close())],
    ["the constructor denies", () => undefined, (self) => self.deny()],
    ["the constructor throws", () => undefined, fail],
  ] satisfies [string, Act, Act?][]) {
    test(`ends when ${how}`, async () => {
      const { hub, lookups, enter } = site(inConnect, inConstructor);
      await enter("/mina/");
      assert.ok((lookups.get("/mina/") ?? 0) > 0);
      assert.equal(hub.gapListeners.size, 0);
    });
  }

  test("ends when the second run of the middleware denies", async () => {
    const { hub, facts, enter } = site(
      () => assert.fail("connect ran"),
      () => void (facts.isBanned = true),
    );
    await enter("/mina/");
    assert.equal(hub.gapListeners.size, 0);
  });
});
