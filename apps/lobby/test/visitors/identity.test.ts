import assert from "node:assert/strict";
import { after, test } from "node:test";
import { attributesOf } from "../support/html.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { TestVisitor } from "../support/test-visitor.ts";

const lobby = await startTestLobby({ after });

test("the first room page gives a visitor a lasting identity", async () => {
  const mina = new TestVisitor(lobby.origin);
  const first = await mina.fetch("/chat/lobby/");
  const [cookie = "", ...others] = first.headers.getSetCookie();
  assert.deepEqual(others, []);
  const [, ...attributes] = cookie.split("; ");
  assert.deepEqual(attributes, ["Max-Age=34560000", "Path=/", "HttpOnly", "SameSite=Lax"]);

  const second = await mina.fetch("/chat/garden/");
  assert.deepEqual(second.headers.getSetCookie(), []);
  assert.deepEqual(attributesOf(await second.text(), "data-me"), attributesOf(await first.text(), "data-me"));
});

test("different visitors are different people", async () => {
  assert.notEqual(await new TestVisitor(lobby.origin).id(), await new TestVisitor(lobby.origin).id());
});

test("a forged cookie gives a new identity", async () => {
  const mina = new TestVisitor(lobby.origin);
  const jun = new TestVisitor(lobby.origin);
  const [minaId, junId] = [await mina.id(), await jun.id()];
  const forged = (mina.headers["cookie"] ?? "").replace(minaId, junId);
  const mallory = new TestVisitor(lobby.origin, { cookie: forged });
  const response = await mallory.fetch("/chat/lobby/");
  assert.equal(response.headers.getSetCookie().length, 1);
  const [malloryId] = attributesOf(await response.text(), "data-me");
  assert.ok(malloryId !== undefined && malloryId !== minaId && malloryId !== junId);
});

test("a visitor without a room, and every probe, gets no cookie", async () => {
  const visitor = new TestVisitor(lobby.origin);
  const [script = ""] = attributesOf(await visitor.html("/chat/"), "src");
  for (const path of [
    "/",
    "/chat/",
    "/chat/lobby",
    "/healthz",
    "/readyz",
    script,
    "/nothing",
    "/chat/%2F/",
    "/ws/chat/a/",
  ]) {
    assert.deepEqual((await visitor.fetch(path)).headers.getSetCookie(), [], path);
  }
});

test("two servers on one host keep their guests apart, and a guest of before keeps the identity", async (t) => {
  const other = await startTestLobby(t);
  const jar = new Map<string, string>();
  const visit = async (origin: string): Promise<string | undefined> => {
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(`${origin}/chat/lobby/`, { headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    return attributesOf(await response.text(), "data-me")[0];
  };
  const ids = [await visit(lobby.origin), await visit(other.origin)];
  assert.notEqual(ids[0], ids[1]);
  assert.deepEqual([await visit(lobby.origin), await visit(other.origin)], ids);
  assert.equal(jar.size, 2);

  // Before, both used this name. Each server replaces its own cookie and leaves that of the other.
  const [name = "", value = ""] = [...jar][0] ?? [];
  jar.delete(name);
  jar.set("lobby_guest", value);
  assert.equal(await visit(other.origin), ids[1]);
  assert.equal(jar.get("lobby_guest"), value);
  assert.equal(await visit(lobby.origin), ids[0]);
  assert.equal(jar.has("lobby_guest"), false);
  assert.deepEqual([await visit(lobby.origin), await visit(other.origin)], ids);
});

test("under a public address with TLS, the cookie is for TLS only", async (t) => {
  const proxied = await startTestLobby(t, "--public-url", "https://chat.example.com", "--trust-proxy", "127.0.0.1");
  const mina = new TestVisitor(proxied.origin, { "x-forwarded-host": "chat.example.com" });
  const [cookie = ""] = (await mina.fetch("/chat/lobby/")).headers.getSetCookie();
  assert.match(
    cookie,
    /^__Host-lobby_guest_[\da-f]{12}=[^;]+; Max-Age=34560000; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
});

test("the TLS header of a proxy counts only when Lobby trusts the proxy", async (t) => {
  const trusting = await startTestLobby(t, "--trust-proxy", "10.0.0.0/8,127.0.0.1");
  for (const [server, isSecure] of [
    [trusting, true],
    [lobby, false],
  ] as const) {
    const response = await new TestVisitor(server.origin, { "x-forwarded-proto": "https" }).fetch("/chat/lobby/");
    assert.equal(response.headers.getSetCookie()[0]?.includes("; Secure"), isSecure);
  }
});
