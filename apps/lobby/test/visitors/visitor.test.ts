import assert from "node:assert/strict";
import { test } from "node:test";
import { Cookies, Signer } from "@lobby/channels";
import { GuestCookie } from "../../src/visitors/guest-cookie.ts";
import { Visitor, visitors } from "../../src/visitors/visitor.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const SIGNER = new Signer(new Uint8Array(32).fill(7));
const GUEST_COOKIE = new GuestCookie({ signer: SIGNER, folderTag: "a1b2" });

/** Returns the visitor of a request, and the cookies of its response. */
function request(cookie: string | null, nowMs = 0, isSecure = false): { visitor: Visitor; sent: string[] } {
  const sent: string[] = [];
  const cookies = new Cookies(cookie, { append: (_name, value) => sent.push(value) > 0 });
  const options = { guestCookie: GUEST_COOKIE, clock: { nowMs: () => nowMs }, isAlwaysSecure: false };
  return { visitor: new Visitor(options, cookies, "en", isSecure), sent };
}

test("a new visitor gets an identity in a lasting cookie that scripts and other sites cannot use", async () => {
  const { visitor, sent } = request(null, 1_700_000_000_000);
  const { id, guestName } = await visitor.guest();
  assert.match(id, /^[\da-f-]{36}$/);
  assert.equal(guestName, `Guest ${id.slice(-4)}`);
  assert.equal(sent.length, 1);
  const [value, ...attributes] = (sent[0] ?? "").split("; ");
  assert.match(value ?? "", new RegExp(String.raw`^lobby_guest_a1b2=${id}\.1700000000\.[\w-]{43}$`));
  assert.deepEqual(attributes, ["Max-Age=34560000", "Path=/", "HttpOnly", "SameSite=Lax"]);
});

test("a cookie that was set over TLS is for TLS only", async () => {
  const { visitor, sent } = request(null, 0, true);
  await visitor.guest();
  assert.match(sent[0] ?? "", /; Secure;/);
});

test("a visitor gets no identity before it is needed", () => {
  assert.deepEqual(request(null).sent, []);
});

test("a visitor with the cookie keeps the identity, and gets no other cookie", async () => {
  const { cookie, id } = await newVisitor(0);
  const { visitor, sent } = request(cookie, DAY_MS);
  assert.equal((await visitor.guest()).id, id);
  assert.deepEqual(sent, []);
});

test("a cookie older than 30 days is replaced, and the identity stays", async () => {
  const { cookie, id } = await newVisitor(0);
  const early = request(cookie, 30 * DAY_MS);
  await early.visitor.guest();
  assert.deepEqual(early.sent, []);

  const late = request(cookie, 30 * DAY_MS + 1_000);
  assert.equal((await late.visitor.guest()).id, id);
  assert.equal(late.sent.length, 1);

  const renewed = request((late.sent[0] ?? "").split(";")[0] ?? "", 60 * DAY_MS);
  assert.equal((await renewed.visitor.guest()).id, id);
  assert.deepEqual(renewed.sent, []);
});

test("a forged cookie, or one with another secret, gives a new identity", async () => {
  const { cookie, id } = await newVisitor(0);
  const [, issuedAt, signature] = cookie.split(".");
  const stranger = await new Signer(new Uint8Array(32).fill(8)).sign(`${id}.0`);
  for (const forged of [
    cookie.replace(id, crypto.randomUUID()),
    `lobby_guest_a1b2=${id}.${Number(issuedAt) + 1}.${signature}`,
    cookie.slice(0, -1),
    `lobby_guest_a1b2=${id}`,
    `lobby_guest_a1b2=${id}.0.`,
    `lobby_guest_a1b2=${stranger}`,
    "lobby_guest_a1b2=",
    "lobby_guest_a1b2=%",
  ]) {
    const { visitor, sent } = request(forged);
    assert.notEqual((await visitor.guest()).id, id, forged);
    assert.equal(sent.length, 1, forged);
  }
});

test("a guest name is in the visitor's language", async () => {
  const options = { guestCookie: GUEST_COOKIE, clock: { nowMs: () => 0 }, isAlwaysSecure: false };
  const { id, guestName } = await new Visitor(options, new Cookies(null, { append: () => true }), "ko", false).guest();
  assert.equal(guestName, `손님 ${id.slice(-4)}`);
});

test("a request over TLS, or a public address with TLS, makes the cookie secure", async () => {
  for (const [address, isAlwaysSecure, isSecure] of [
    ["http://localhost/", false, false],
    ["ws://localhost/", false, false],
    ["https://localhost/", false, true],
    ["wss://localhost/", false, true],
    ["http://localhost/", true, true],
  ] as const) {
    const sent: string[] = [];
    const cookies = new Cookies(null, { append: (_name, value) => sent.push(value) > 0 });
    const scope = { cookies, headers: { get: () => "ko" }, url: new URL(address) };
    const added = await visitors({ guestCookie: GUEST_COOKIE, clock: { nowMs: () => 0 }, isAlwaysSecure })(scope);
    assert.ok("visitor" in added);
    await added.visitor.guest();
    assert.equal(added.visitor.language, "ko");
    assert.equal(sent[0]?.includes("Secure"), isSecure, address);
  }
});

async function newVisitor(nowMs: number): Promise<{ readonly cookie: string; readonly id: string }> {
  const { visitor, sent } = request(null, nowMs);
  const { id } = await visitor.guest();
  return { cookie: (sent[0] ?? "").split(";")[0] ?? "", id };
}
