import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startTestLobby } from "../support/test-lobby.ts";
import { TestVisitor } from "../support/test-visitor.ts";

const lobby = await startTestLobby({ after });
const visitor = new TestVisitor(lobby.origin);

test("browsers keep pages for one visitor only, and revalidate them", async () => {
  for (const path of ["/chat/", "/chat/lobby/", "/nothing"]) {
    const { headers } = await visitor.fetch(path);
    assert.equal(headers.get("cache-control"), "private, no-cache");
    assert.equal(headers.get("vary"), "Accept-Language, Cookie");
    assert.equal(headers.get("content-type"), "text/html; charset=UTF-8");
  }
});

test("a wrong method gets the allowed ones, and HEAD is GET without a body", async () => {
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
