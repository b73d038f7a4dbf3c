import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { InMemorySessionStore, sessions, type SessionStore } from "@lobby/channels";
import type { Session, SessionOptions } from "../../src/middleware/sessions.ts";
import { CookieExchange } from "../support/cookie-exchange.ts";

const KEY = /^sessionid=([0-9a-f-]{36}); Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/;

async function sessionOf(handshake: CookieExchange, options: SessionOptions): Promise<Session> {
  return ((await sessions(options)({ ...handshake.scope, subjects: [] })) as { readonly session: Session }).session;
}

/** A session with `{ color: "blue" }`, as left by a visitor's first request. */
async function begun(store: SessionStore): Promise<{ readonly session: Session; readonly cookie: string }> {
  const handshake = new CookieExchange();
  const session = await sessionOf(handshake, { store });
  await session.set("color", "blue");
  handshake.end();
  return { session, cookie: handshake.cookieHeader };
}

describe("a session", () => {
  test("begins with the first value, and sends its key once", async () => {
    const handshake = new CookieExchange();
    const session = await sessionOf(handshake, { store: new InMemorySessionStore() });
    assert.equal(await session.get("color"), undefined);
    assert.deepEqual(handshake.setCookies, []);
    await session.set("color", "blue");
    await session.set("size", 2);
    assert.equal(handshake.setCookies.length, 1);
    assert.match(handshake.setCookies[0] ?? "", KEY);
    assert.deepEqual([await session.get("color"), await session.get("size")], ["blue", 2]);
  });

  test("has no value of an object's prototype", async () => {
    const { session } = await begun(new InMemorySessionStore());
    assert.equal(await session.get("constructor"), undefined);
    assert.equal(await session.get("__proto__"), undefined);
  });

  test("is found by its cookie", async () => {
    const store = new InMemorySessionStore();
    const { cookie } = await begun(store);
    const later = await sessionOf(new CookieExchange(cookie), { store });
    assert.equal(await later.get("color"), "blue");
  });

  test("that a later request writes renews its cookie once", async () => {
    const store = new InMemorySessionStore();
    const { cookie } = await begun(store);
    const later = new CookieExchange(cookie);
    const session = await sessionOf(later, { store });
    await session.get("color");
    assert.deepEqual(later.setCookies, [], "reading is no reason to send it again");
    await session.set("color", "green");
    await session.set("size", 2);
    assert.deepEqual(later.setCookies, [`${cookie}; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax`]);
  });

  test("writes to the store at once: another connection of the visitor sees the value", async () => {
    const store = new InMemorySessionStore();
    const { session, cookie } = await begun(store);
    const other = await sessionOf(new CookieExchange(cookie), { store });
    await session.set("color", "green");
    assert.equal(await other.get("color"), "green");
    await other.set("color", undefined);
    assert.equal(await session.get("color"), undefined);
  });

  test("loses no concurrent read or write, and has one key", async () => {
    const kept = new InMemorySessionStore();
    /** A store with the delay of a network. */
    const store = {
      load: async (key: string) => nextTurn(kept.load(key)),
      create: async (...rest: Parameters<SessionStore["create"]>) => {
        await nextTurn();
        kept.create(...rest);
      },
      update: async (...rest: Parameters<SessionStore["update"]>) => nextTurn(kept.update(...rest)),
      delete: async (key: string) => nextTurn(kept.delete(key)),
    };
    const handshake = new CookieExchange();
    const session = await sessionOf(handshake, { store });
    const [, , color] = await Promise.all([
      session.set("color", "blue"),
      session.set("size", 2),
      session.get("color"),
      session.rotate(),
      session.get("size"),
      session.set("shape", "round"),
    ]);
    assert.equal(color, "blue");
    const [, key = ""] = handshake.cookieHeader.split("=");
    assert.deepEqual(kept.load(key), { color: "blue", size: 2, shape: "round" });
    await Promise.all([session.clear(), session.get("color")]);
    assert.equal(kept.load(key), undefined);
  });

  test("continues after a failure of the store", async () => {
    const kept = new InMemorySessionStore();
    let isDown = false;
    const store = {
      load: (key: string) => (isDown ? Promise.reject(new Error("store is down")) : kept.load(key)),
      create: (...rest: Parameters<SessionStore["create"]>) => kept.create(...rest),
      update: (...rest: Parameters<SessionStore["update"]>) => kept.update(...rest),
      delete: (key: string) => kept.delete(key),
    };
    const { session } = await begun(store);
    isDown = true;
    const failed = session.get("color");
    await assert.rejects(failed, /store is down/);
    isDown = false;
    assert.equal(await session.get("color"), "blue");
  });

  test("that ended elsewhere is noticed by an open connection", async () => {
    const store = new InMemorySessionStore();
    const { session, cookie } = await begun(store);
    await (await sessionOf(new CookieExchange(cookie), { store })).clear();
    assert.equal(await session.get("color"), undefined);
  });

  test("that ended elsewhere stays ended when an open connection writes to it", async () => {
    const store = new InMemorySessionStore();
    const { session, cookie } = await begun(store);
    await (await sessionOf(new CookieExchange(cookie), { store })).clear();
    await assert.rejects(session.set("color", "red"), { code: "CHANNELS_SESSION_TOO_LATE" });
    assert.equal(await (await sessionOf(new CookieExchange(cookie), { store })).get("color"), undefined);
  });

  test("can be written on an open socket when it began earlier", async () => {
    const { session } = await begun(new InMemorySessionStore());
    await session.set("color", "green");
    assert.equal(await session.get("color"), "green");
  });

  test("cannot begin or rotate after the handshake, and stores nothing", async () => {
    const store = new InMemorySessionStore();
    const saved: string[] = [];
    const watched = {
      load: (key: string) => store.load(key),
      create: (key: string) => void saved.push(key),
      update: (...rest: Parameters<SessionStore["update"]>) => store.update(...rest),
      delete: (key: string) => store.delete(key),
    };
    const handshake = new CookieExchange();
    const session = await sessionOf(handshake, { store: watched });
    handshake.end();
    await assert.rejects(session.set("color", "blue"), { code: "CHANNELS_SESSION_TOO_LATE" });
    await assert.rejects(session.rotate(), { code: "CHANNELS_SESSION_TOO_LATE" });
    assert.deepEqual(saved, []);
  });

  test("that failed to rotate after the handshake is unchanged", async () => {
    const { session } = await begun(new InMemorySessionStore());
    await assert.rejects(session.rotate(), { code: "CHANNELS_SESSION_TOO_LATE" });
    assert.equal(await session.get("color"), "blue");
  });

  test("never uses a key that the server did not make", async () => {
    const store = new InMemorySessionStore();
    const handshake = new CookieExchange("sessionid=chosen-by-an-attacker");
    const session = await sessionOf(handshake, { store });
    await session.set("userId", "mina");
    assert.match(handshake.setCookies[0] ?? "", KEY);
    assert.equal(store.load("chosen-by-an-attacker"), undefined);
    const attacker = await sessionOf(new CookieExchange("sessionid=chosen-by-an-attacker"), { store });
    assert.equal(await attacker.get("userId"), undefined);
  });

  test("keeps its data under a new key after a rotation, and the old key is worthless", async () => {
    const store = new InMemorySessionStore();
    const { cookie } = await begun(store);
    const handshake = new CookieExchange(cookie);
    const session = await sessionOf(handshake, { store });
    const subject = await session.subject();
    assert.equal(await session.rotate(), subject);
    assert.notEqual(handshake.cookieHeader, cookie);
    assert.equal(await session.get("color"), "blue");
    assert.equal(await (await sessionOf(new CookieExchange(handshake.cookieHeader), { store })).get("color"), "blue");
    assert.equal(await (await sessionOf(new CookieExchange(cookie), { store })).get("color"), undefined);
  });

  test("changes its data and its key in one step", async () => {
    const kept = new InMemorySessionStore();
    const handshake = new CookieExchange((await begun(kept)).cookie);
    const session = await sessionOf(handshake, { store: kept });
    await Promise.all([
      session.set("size", 1),
      session.rotate(({ size, ...data }) => ({ ...data, before: size })),
      session.set("size", 2),
    ]);
    const [, key = ""] = handshake.cookieHeader.split("=");
    assert.deepEqual(kept.load(key), { color: "blue", before: 1, size: 2 });
  });

  test("that is cleared deletes its cookie", async () => {
    const store = new InMemorySessionStore();
    const handshake = new CookieExchange((await begun(store)).cookie);
    await (await sessionOf(handshake, { store })).clear();
    assert.match(handshake.setCookies[0] ?? "", /^sessionid=; Max-Age=0; Path=\//);
  });

  test("uses the cookie of its options", async () => {
    const handshake = new CookieExchange();
    const cookie = { secure: true, sameSite: "Strict", path: "/chat/" } as const;
    const options = { store: new InMemorySessionStore(), cookieName: "sid", maxAgeSeconds: 60, cookie };
    await (await sessionOf(handshake, options)).set("a", 1);
    assert.match(
      handshake.setCookies[0] ?? "",
      /^sid=[0-9a-f-]{36}; Max-Age=60; Path=\/chat\/; Secure; HttpOnly; SameSite=Strict$/,
    );
  });

  test("has its own key for every visitor", async () => {
    const store = new InMemorySessionStore();
    const cookies = await Promise.all(Array.from({ length: 100 }, async () => (await begun(store)).cookie));
    assert.equal(new Set(cookies).size, 100);
  });
});

/** What is left of a begun session after `slow`, while which, after it has read the session, `fast` was done. */
async function interleave<Value>(
  slow: (session: Session, handshake: CookieExchange) => Promise<Value>,
  fast: (session: Session) => Promise<unknown>,
) {
  const kept = new InMemorySessionStore();
  const { cookie } = await begun(kept);
  const hasRead = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const slowly: SessionStore = {
    load: async (key) => {
      const data = kept.load(key);
      hasRead.resolve();
      await mayGoOn.promise;
      return data;
    },
    create: (...rest) => kept.create(...rest),
    update: (...rest) => kept.update(...rest),
    delete: (key) => kept.delete(key),
  };
  const [slowHandshake, fastHandshake] = [new CookieExchange(cookie), new CookieExchange(cookie)];
  const slowSession = await sessionOf(slowHandshake, { store: slowly });
  const fastSession = await sessionOf(fastHandshake, { store: kept });
  const done = slow(slowSession, slowHandshake);
  await hasRead.promise;
  await fast(fastSession);
  mayGoOn.resolve();
  const dataOf = ({ cookieHeader }: CookieExchange) => kept.load(cookieHeader.replace("sessionid=", ""));
  return {
    result: await done,
    subject: await slowSession.subject(),
    before: kept.load(cookie.replace("sessionid=", "")),
    bySlow: dataOf(slowHandshake),
    byFast: dataOf(fastHandshake),
  };
}

const setSize = (session: Session): Promise<void> => session.set("size", 2);
const rotate = (session: Session): Promise<string | undefined> => session.rotate();
const clear = (session: Session): Promise<string | undefined> => session.clear();

describe("a session that ends while another request", () => {
  test("writes to it stays ended: the write begins a new session", async () => {
    const { before, bySlow } = await interleave(setSize, clear);
    assert.deepEqual({ before, bySlow }, { before: undefined, bySlow: { size: 2 } });
  });

  test("writes to it after the handshake stays ended, and the write throws", async () => {
    const { before, subject } = await interleave(async (session, handshake) => {
      handshake.end();
      await assert.rejects(setSize(session), { code: "CHANNELS_SESSION_TOO_LATE" });
    }, clear);
    assert.deepEqual({ before, subject }, { before: undefined, subject: undefined });
  });

  test("rotates it loses its data", async () => {
    const { result, before, bySlow } = await interleave(rotate, clear);
    assert.deepEqual({ result, before, bySlow }, { result: undefined, before: undefined, bySlow: {} });
  });

  test("changes its data and its key has no data to change", async () => {
    const { bySlow } = await interleave((session) => session.rotate((data) => ({ ...data, size: 2 })), clear);
    assert.deepEqual(bySlow, { size: 2 });
  });

  test("writes to it under a new key stores nothing under the old one", async () => {
    const { before, bySlow, byFast } = await interleave(setSize, rotate);
    assert.deepEqual({ before, bySlow, byFast }, { before: undefined, bySlow: { size: 2 }, byFast: { color: "blue" } });
  });

  test("rotates it as well keeps its data once", async () => {
    const { before, bySlow, byFast } = await interleave(rotate, rotate);
    assert.deepEqual({ before, bySlow, byFast }, { before: undefined, bySlow: {}, byFast: { color: "blue" } });
  });
});

test("that two requests write at the same time has the values of the last", async () => {
  const { before } = await interleave(setSize, (session) => session.set("shape", "round"));
  assert.deepEqual(before, { color: "blue", size: 2 });
});

describe("sessions", () => {
  for (const options of [
    { cookieName: "session id" },
    { cookieName: "__Host-session" },
    { maxAgeSeconds: Number.NaN },
    { cookie: { path: "/;" } },
  ]) {
    test(`throws for a cookie that browsers would refuse: ${JSON.stringify(options)}`, () => {
      const store = new InMemorySessionStore();
      assert.throws(() => sessions({ store, ...options }), { code: "CHANNELS_CONFIGURATION" });
    });
  }
});
