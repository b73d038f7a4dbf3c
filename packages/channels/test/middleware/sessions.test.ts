import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { InMemorySessionStore, sessions, type Session, type SessionOptions, type SessionStore } from "@lobby/channels";
import { Handshake } from "../support/handshake.ts";

const KEY = /^sessionid=([0-9a-f-]{36}); Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/;

async function sessionOf(handshake: Handshake, options: SessionOptions): Promise<Session> {
  return ((await sessions(options)({ ...handshake.scope, subjects: [] })) as { readonly session: Session }).session;
}

/** A session with `{ color: "blue" }`, as left by a visitor's first request. */
async function begun(store: SessionStore): Promise<{ readonly session: Session; readonly cookie: string }> {
  const handshake = new Handshake();
  const session = await sessionOf(handshake, { store });
  await session.set("color", "blue");
  handshake.end();
  return { session, cookie: handshake.cookieHeader };
}

describe("a session", () => {
  test("begins with the first value that is set, under a key that is sent once", async () => {
    const handshake = new Handshake();
    const session = await sessionOf(handshake, { store: new InMemorySessionStore() });
    assert.equal(await session.get("color"), undefined);
    assert.deepEqual(handshake.setCookies, []);
    await session.set("color", "blue");
    await session.set("size", 2);
    assert.equal(handshake.setCookies.length, 1);
    assert.match(handshake.setCookies[0] ?? "", KEY);
    assert.deepEqual([await session.get("color"), await session.get("size")], ["blue", 2]);
  });

  test("has nothing that was not set, whatever objects have by themselves", async () => {
    const { session } = await begun(new InMemorySessionStore());
    assert.equal(await session.get("constructor"), undefined);
    assert.equal(await session.get("__proto__"), undefined);
  });

  test("is found again by its cookie", async () => {
    const store = new InMemorySessionStore();
    const { cookie } = await begun(store);
    const later = await sessionOf(new Handshake(cookie), { store });
    assert.equal(await later.get("color"), "blue");
  });

  test("that is written in a later request has its cookie live on as long as itself, sent once", async () => {
    const store = new InMemorySessionStore();
    const { cookie } = await begun(store);
    const later = new Handshake(cookie);
    const session = await sessionOf(later, { store });
    await session.get("color");
    assert.deepEqual(later.setCookies, [], "reading is no reason to send it again");
    await session.set("color", "green");
    await session.set("size", 2);
    assert.deepEqual(later.setCookies, [`${cookie}; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax`]);
  });

  test("is written through: another connection of the visitor sees it at once, with nothing saved by hand", async () => {
    const store = new InMemorySessionStore();
    const { session, cookie } = await begun(store);
    const other = await sessionOf(new Handshake(cookie), { store });
    await session.set("color", "green");
    assert.equal(await other.get("color"), "green");
    await other.set("color", undefined);
    assert.equal(await session.get("color"), undefined);
  });

  test("loses nothing of what is written and asked at the same time, and gives one key", async () => {
    const kept = new InMemorySessionStore();
    /** As slow as one that is asked over a network. */
    const store = {
      load: async (key: string) => nextTurn(kept.load(key)),
      create: async (...rest: Parameters<SessionStore["create"]>) => {
        await nextTurn();
        kept.create(...rest);
      },
      update: async (...rest: Parameters<SessionStore["update"]>) => nextTurn(kept.update(...rest)),
      delete: async (key: string) => nextTurn(kept.delete(key)),
    };
    const handshake = new Handshake();
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

  test("goes on after a store that failed", async () => {
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
    await (await sessionOf(new Handshake(cookie), { store })).clear();
    assert.equal(await session.get("color"), undefined);
  });

  test("that ended elsewhere does not come back to life when an open connection writes to it", async () => {
    const store = new InMemorySessionStore();
    const { session, cookie } = await begun(store);
    await (await sessionOf(new Handshake(cookie), { store })).clear();
    await assert.rejects(session.set("color", "red"), { code: "CHANNELS_SESSION_TOO_LATE" });
    assert.equal(await (await sessionOf(new Handshake(cookie), { store })).get("color"), undefined);
  });

  test("can be written on an open socket when it began before", async () => {
    const { session } = await begun(new InMemorySessionStore());
    await session.set("color", "green");
    assert.equal(await session.get("color"), "green");
  });

  test("cannot begin or be rotated after the handshake, and leaves nothing in the store", async () => {
    const store = new InMemorySessionStore();
    const saved: string[] = [];
    const watched = {
      load: (key: string) => store.load(key),
      create: (key: string) => void saved.push(key),
      update: (...rest: Parameters<SessionStore["update"]>) => store.update(...rest),
      delete: (key: string) => store.delete(key),
    };
    const handshake = new Handshake();
    const session = await sessionOf(handshake, { store: watched });
    handshake.end();
    await assert.rejects(session.set("color", "blue"), { code: "CHANNELS_SESSION_TOO_LATE" });
    await assert.rejects(session.rotate(), { code: "CHANNELS_SESSION_TOO_LATE" });
    assert.deepEqual(saved, []);
  });

  test("that failed to rotate after the handshake stays what it was", async () => {
    const { session } = await begun(new InMemorySessionStore());
    await assert.rejects(session.rotate(), { code: "CHANNELS_SESSION_TOO_LATE" });
    assert.equal(await session.get("color"), "blue");
  });

  test("never takes a key that the server did not give out", async () => {
    const store = new InMemorySessionStore();
    const handshake = new Handshake("sessionid=chosen-by-an-attacker");
    const session = await sessionOf(handshake, { store });
    await session.set("userId", "mina");
    assert.match(handshake.setCookies[0] ?? "", KEY);
    assert.equal(store.load("chosen-by-an-attacker"), undefined);
    const attacker = await sessionOf(new Handshake("sessionid=chosen-by-an-attacker"), { store });
    assert.equal(await attacker.get("userId"), undefined);
  });

  test("keeps its data under a new key when it is rotated, and the old key is worth nothing", async () => {
    const store = new InMemorySessionStore();
    const { cookie } = await begun(store);
    const handshake = new Handshake(cookie);
    const session = await sessionOf(handshake, { store });
    const subject = await session.subject();
    assert.equal(await session.rotate(), subject);
    assert.notEqual(handshake.cookieHeader, cookie);
    assert.equal(await session.get("color"), "blue");
    assert.equal(await (await sessionOf(new Handshake(handshake.cookieHeader), { store })).get("color"), "blue");
    assert.equal(await (await sessionOf(new Handshake(cookie), { store })).get("color"), undefined);
  });

  test("has other data under its new key when it is rotated so, in one step", async () => {
    const kept = new InMemorySessionStore();
    const handshake = new Handshake((await begun(kept)).cookie);
    const session = await sessionOf(handshake, { store: kept });
    await Promise.all([
      session.set("size", 1),
      session.rotate(({ size, ...data }) => ({ ...data, before: size })),
      session.set("size", 2),
    ]);
    const [, key = ""] = handshake.cookieHeader.split("=");
    assert.deepEqual(kept.load(key), { color: "blue", before: 1, size: 2 });
  });

  test("that is cleared asks the browser to forget its cookie", async () => {
    const store = new InMemorySessionStore();
    const handshake = new Handshake((await begun(store)).cookie);
    await (await sessionOf(handshake, { store })).clear();
    assert.match(handshake.setCookies[0] ?? "", /^sessionid=; Max-Age=0; Path=\//);
  });

  test("uses the cookie it was told to use", async () => {
    const handshake = new Handshake();
    const cookie = { secure: true, sameSite: "Strict", path: "/chat/" } as const;
    const options = { store: new InMemorySessionStore(), cookieName: "sid", maxAgeSeconds: 60, cookie };
    await (await sessionOf(handshake, options)).set("a", 1);
    assert.match(
      handshake.setCookies[0] ?? "",
      /^sid=[0-9a-f-]{36}; Max-Age=60; Path=\/chat\/; Secure; HttpOnly; SameSite=Strict$/,
    );
  });

  test("gives every visitor a key of their own", async () => {
    const store = new InMemorySessionStore();
    const cookies = await Promise.all(Array.from({ length: 100 }, async () => (await begun(store)).cookie));
    assert.equal(new Set(cookies).size, 100);
  });
});

/** What is left of a begun session after `slow`, while which, after it has read the session, `fast` was done. */
async function interleave<Value>(
  slow: (session: Session, handshake: Handshake) => Promise<Value>,
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
  const [slowHandshake, fastHandshake] = [new Handshake(cookie), new Handshake(cookie)];
  const slowSession = await sessionOf(slowHandshake, { store: slowly });
  const fastSession = await sessionOf(fastHandshake, { store: kept });
  const done = slow(slowSession, slowHandshake);
  await hasRead.promise;
  await fast(fastSession);
  mayGoOn.resolve();
  const dataOf = ({ cookieHeader }: Handshake) => kept.load(cookieHeader.replace("sessionid=", ""));
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
  test("writes to it stays so: what is written begins a new one", async () => {
    const { before, bySlow } = await interleave(setSize, clear);
    assert.deepEqual({ before, bySlow }, { before: undefined, bySlow: { size: 2 } });
  });

  test("writes to it after the handshake stays so, and the writer is told", async () => {
    const { before, subject } = await interleave(async (session, handshake) => {
      handshake.end();
      await assert.rejects(setSize(session), { code: "CHANNELS_SESSION_TOO_LATE" });
    }, clear);
    assert.deepEqual({ before, subject }, { before: undefined, subject: undefined });
  });

  test("rotates it is carried over by nobody", async () => {
    const { result, before, bySlow } = await interleave(rotate, clear);
    assert.deepEqual({ result, before, bySlow }, { result: undefined, before: undefined, bySlow: {} });
  });

  test("changes its data with its key leaves nothing to change", async () => {
    const { bySlow } = await interleave((session) => session.rotate((data) => ({ ...data, size: 2 })), clear);
    assert.deepEqual(bySlow, { size: 2 });
  });

  test("writes to it, by a new key, has nothing written under the old one", async () => {
    const { before, bySlow, byFast } = await interleave(setSize, rotate);
    assert.deepEqual({ before, bySlow, byFast }, { before: undefined, bySlow: { size: 2 }, byFast: { color: "blue" } });
  });

  test("rotates it as well is carried over once", async () => {
    const { before, bySlow, byFast } = await interleave(rotate, rotate);
    assert.deepEqual({ before, bySlow, byFast }, { before: undefined, bySlow: {}, byFast: { color: "blue" } });
  });
});

test("of what two requests set at the same time, the last replaces the rest", async () => {
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
    test(`refuses a cookie that no browser would keep when it is made: ${JSON.stringify(options)}`, () => {
      const store = new InMemorySessionStore();
      assert.throws(() => sessions({ store, ...options }), { code: "CHANNELS_CONFIGURATION" });
    });
  }
});
