import assert from "node:assert/strict";
import { after, test } from "node:test";
import { attributesOf, textsOf } from "../support/html.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { Visitor } from "../support/visitor.ts";

const lobby = await startTestLobby({ after });
const visitor = new Visitor(lobby.origin);

async function answer(path: string): Promise<readonly [number, unknown]> {
  const response = await visitor.fetch(path);
  return [response.status, await response.json()];
}

test("a server that can serve is alive and ready", async () => {
  assert.deepEqual(await answer("/healthz"), [200, { status: "alive" }]);
  assert.deepEqual(await answer("/readyz"), [200, { status: "ready" }]);
});

test("a server whose database is gone is alive and not ready, and its pages say that they failed", async (t) => {
  const broken = await startTestLobby(t);
  const mina = new Visitor(broken.origin);
  const ready = async (): Promise<readonly [number, unknown]> => {
    const response = await mina.fetch("/readyz");
    return [response.status, await response.json()];
  };
  broken.sql("ALTER TABLE rooms RENAME TO elsewhere");
  assert.deepEqual(await ready(), [503, { status: "not ready" }]);
  assert.equal((await mina.fetch("/healthz")).status, 200);
  const page = await mina.fetch("/chat/lobby/");
  const html = await page.text();
  assert.equal(page.status, 500);
  assert.deepEqual(textsOf(html, /h1>/), ["Something went wrong"]);
  assert.doesNotMatch(html, /no such table|rooms"|\.ts/);
  assert.deepEqual(
    broken.errors().map(({ msg, err }) => [msg, err?.message]),
    [["A page failed", "The database failed: no such table: rooms"]],
  );
  broken.sql("ALTER TABLE elsewhere RENAME TO rooms");
  assert.deepEqual(await ready(), [200, { status: "ready" }]);
});

test("every answer tells browsers to take nothing from elsewhere, guess nothing and show it in no frame", async () => {
  const [script = ""] = attributesOf(await visitor.html("/chat/"), "src");
  for (const path of ["/", "/chat/", "/chat/lobby/", "/nothing", "/chat/%2F/", "/healthz", script]) {
    const { headers } = await visitor.fetch(path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("x-frame-options"), "DENY", path);
    assert.equal(headers.get("strict-transport-security"), null, path);
    assert.deepEqual(
      headers.get("content-security-policy")?.split("; "),
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        `connect-src 'self' ${lobby.wsOrigin}`,
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ],
      path,
    );
  }
});

test("pages have neither styles nor scripts of their own, which that policy would stop", async () => {
  for (const path of ["/chat/", "/chat/lobby/", "/nothing"]) {
    assert.doesNotMatch(await visitor.html(path), /<style|<script(?! type="module" src=)| style=| on\w+=|javascript:/i);
  }
});

test("pages are the visitor's own and are asked for again", async () => {
  for (const path of ["/chat/", "/chat/lobby/", "/nothing"]) {
    const { headers } = await visitor.fetch(path);
    assert.equal(headers.get("cache-control"), "private, no-cache");
    assert.equal(headers.get("vary"), "Accept-Language, Cookie");
    assert.equal(headers.get("content-type"), "text/html; charset=UTF-8");
  }
});

test("what pages link is there, in its type, and never changes under its address", async () => {
  const html = await visitor.html("/chat/lobby/");
  const links = [
    ...attributesOf(html, "href").filter((href) => href.startsWith("/assets/")),
    ...attributesOf(html, "src"),
  ];
  const types = await Promise.all(
    links.map(async (link) => {
      const response = await visitor.fetch(link);
      assert.equal(response.status, 200, link);
      assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
      assert.match(link, /-[\w-]{8}\.\w+$/);
      assert.ok((await response.arrayBuffer()).byteLength > 0);
      return response.headers.get("content-type");
    }),
  );
  assert.deepEqual(types, ["image/svg+xml", "text/css; charset=utf-8", "text/javascript; charset=utf-8"]);
});

test("nothing else is among the assets", async () => {
  for (const path of [
    "/assets/",
    "/assets/main.js",
    "/assets/%2e%2e/manifest.json",
    "/assets/..%2fmanifest.json",
    "/assets/..%2f..%2f..%2fsrc%2fmain.ts",
    "/manifest.json",
    "/assets/constructor",
  ]) {
    assert.equal((await visitor.fetch(path)).status, 404, path);
  }
});

test("a method that an address does not take is answered with those it takes, and HEAD is GET without a body", async () => {
  for (const [path, methods, allow] of [
    ["/", ["POST"], "GET, HEAD"],
    ["/chat/", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"], "GET, HEAD"],
    ["/chat/lobby/", ["POST"], "GET, HEAD"],
    ["/chat/lobby", ["POST"], "GET, HEAD"],
    ["/healthz", ["POST"], "GET, HEAD"],
    ["/me", ["GET", "HEAD", "DELETE"], "POST"],
  ] as const) {
    for (const method of methods) {
      const response = await visitor.fetch(path, { method });
      assert.deepEqual([response.status, response.headers.get("allow")], [405, allow], `${method} ${path}`);
    }
  }
  const { status, headers } = await visitor.fetch("/nothing", { method: "POST" });
  assert.deepEqual([status, headers.get("allow")], [404, null]);
  for (const path of ["/chat/", "/chat/lobby/", "/readyz"]) {
    const head = await visitor.fetch(path, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
  }
});

test("a server with a public address is found there alone; only probes come by another", async (t) => {
  const behind = await startTestLobby(t, "--public-url", "https://chat.example.com:8443", "--trust-proxy", "127.0.0.1");
  const statusAt = async (host: string, path: string): Promise<number> =>
    (await new Visitor(behind.origin, { "x-forwarded-host": host }).fetch(path)).status;
  for (const host of ["chat.example.com", "chat.example.com:8443", "CHAT.example.com:80"]) {
    assert.equal(await statusAt(host, "/chat/"), 200, host);
  }
  for (const host of ["evil.example", "chat.example.com.evil.example", "127.0.0.1:8000"]) {
    for (const path of ["/", "/chat/", "/chat/lobby/", "/me", "/nothing", "/assets/main.js"]) {
      assert.equal(await statusAt(host, path), 421, `${host}${path}`);
    }
    for (const path of ["/healthz", "/readyz"]) assert.equal(await statusAt(host, path), 200, `${host}${path}`);
  }
  const stray = new Visitor(behind.origin, { "accept-language": "ko" });
  assert.equal(await stray.html("/chat/"), "이 서버의 주소는 https://chat.example.com:8443/ 이에요.\n");
});

test("every request is in the log, with its status", async (t) => {
  const logging = await startTestLobby(t);
  await new Visitor(logging.origin).fetch("/nothing?a=b");
  await logging.close();
  const lines = logging.log.filter(({ kind }) => kind === "http") as unknown as Record<string, unknown>[];
  assert.deepEqual(
    lines.map(({ msg, method, target, status, client }) => ({ msg, method, target, status, client })),
    [{ msg: "access", method: "GET", target: "/nothing?a=b", status: 404, client: "127.0.0.1" }],
  );
});
