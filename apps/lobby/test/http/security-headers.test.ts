import assert from "node:assert/strict";
import { after, test } from "node:test";
import { attributesOf } from "../support/html.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { TestVisitor } from "../support/test-visitor.ts";

const lobby = await startTestLobby({ after });
const visitor = new TestVisitor(lobby.origin);

test("every response forbids foreign content, content sniffing and frames", async () => {
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

test("pages have no inline styles or scripts, which that policy would block", async () => {
  for (const path of ["/chat/", "/chat/lobby/", "/nothing"]) {
    assert.doesNotMatch(await visitor.html(path), /<style|<script(?! type="module" src=)| style=| on\w+=|javascript:/i);
  }
});
