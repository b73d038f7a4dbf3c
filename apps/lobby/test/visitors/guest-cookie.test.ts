import assert from "node:assert/strict";
import { test } from "node:test";
import { Cookies, Signer } from "@lobby/channels";
import { GuestCookie } from "../../src/visitors/guest-cookie.ts";

const ID = "6f8e2a6c-3f0b-4b0e-9c53-0a2f6f1d4b11";
const OTHER_ID = "00000000-0000-4000-8000-000000000000";
const SIGNER = new Signer(new Uint8Array(32).fill(7));
const STRANGER = new Signer(new Uint8Array(32).fill(8));
const cookie = new GuestCookie({ signer: SIGNER, folderTag: "a1b2" });

/** Reads the identity in a `Cookie` header, and writes it to the response as a visitor does. */
async function exchange(header: string, isSecure = false): Promise<{ id: string | undefined; sent: string[] }> {
  const sent: string[] = [];
  const cookies = new Cookies(header, { append: (_name, value) => sent.push(value) > 0 });
  const known = await cookie.read(cookies, isSecure);
  if (known !== undefined) await cookie.write(cookies, isSecure, known);
  return { id: known?.id, sent: sent.map((line) => line.replace(/=[^;]{20,}/, "=…")) };
}

test("the cookie has the name of the data folder, and over TLS the prefix that binds it to the host", async () => {
  const signed = await SIGNER.sign(`${ID}.5`);
  assert.deepEqual(await exchange(`lobby_guest_a1b2=${signed}`), {
    id: ID,
    sent: ["lobby_guest_a1b2=…; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax"],
  });
  assert.deepEqual(await exchange(`__Host-lobby_guest_a1b2=${signed}`, true), {
    id: ID,
    sent: ["__Host-lobby_guest_a1b2=…; Max-Age=34560000; Path=/; Secure; HttpOnly; SameSite=Lax"],
  });
});

test("a cookie with an earlier name is accepted, replaced and deleted", async () => {
  const signed = await SIGNER.sign(`${ID}.5`);
  assert.deepEqual(await exchange(`lobby_guest=${signed}`), {
    id: ID,
    sent: [
      "lobby_guest_a1b2=…; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax",
      "lobby_guest=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    ],
  });
  for (const name of ["lobby_guest", "lobby_guest_a1b2"]) {
    assert.deepEqual(await exchange(`${name}=${signed}`, true), {
      id: ID,
      sent: [
        "__Host-lobby_guest_a1b2=…; Max-Age=34560000; Path=/; Secure; HttpOnly; SameSite=Lax",
        `${name}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`,
      ],
    });
  }
});

test("the own cookie counts before earlier ones, and without TLS the one for TLS does not count", async () => {
  const [own, earlier] = await Promise.all([SIGNER.sign(`${ID}.5`), SIGNER.sign(`${OTHER_ID}.5`)]);
  assert.equal((await exchange(`lobby_guest=${earlier}; lobby_guest_a1b2=${own}`)).id, ID);
  assert.equal((await exchange(`lobby_guest_a1b2=${earlier}; __Host-lobby_guest_a1b2=${own}`, true)).id, ID);
  assert.equal((await exchange(`__Host-lobby_guest_a1b2=${own}`)).id, undefined);
});

test("another server's cookie is neither accepted nor deleted", async () => {
  const signed = await STRANGER.sign(`${ID}.5`);
  for (const name of ["lobby_guest", "lobby_guest_a1b2", "lobby_guest_ffff"]) {
    assert.deepEqual(await exchange(`${name}=${signed}`), { id: undefined, sent: [] });
  }
});

test("a wrong cookie before it does not hide the right one of the same name", async () => {
  const [own, wrong] = await Promise.all([SIGNER.sign(`${ID}.5`), STRANGER.sign(`${OTHER_ID}.5`)]);
  const name = "lobby_guest_a1b2";
  for (const before of [
    `${name}=x`,
    `${name}=`,
    `${name}=${"9".repeat(8_000)}`,
    `${name}=${wrong}`,
    `${name}="${wrong}"`,
  ]) {
    assert.equal((await exchange(`${before}; ${name}=${own}`)).id, ID, before.slice(0, 40));
  }
});

test("thousands of cookies of one name cost four signatures at most", async (t) => {
  const check = t.mock.method(SIGNER, "check");
  const wrong = await STRANGER.sign(`${ID}.5`);
  const name = "lobby_guest_a1b2";
  assert.equal((await exchange(`${name}=${wrong}; `.repeat(1_000))).id, undefined);
  assert.equal(check.mock.callCount(), 4);
  assert.equal((await exchange(`${name}=a.b; `.repeat(4_000))).id, undefined);
  assert.equal((await exchange(`${name}=${ID}.5.${"a".repeat(60_000)}`)).id, undefined);
  assert.equal(check.mock.callCount(), 4);
});
