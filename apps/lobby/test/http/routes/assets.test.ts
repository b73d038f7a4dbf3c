import assert from "node:assert/strict";
import { after, test } from "node:test";
import { attributesOf } from "../../support/html.ts";
import { startTestLobby } from "../../support/test-lobby.ts";
import { TestVisitor } from "../../support/test-visitor.ts";

const lobby = await startTestLobby({ after });
const visitor = new TestVisitor(lobby.origin);

test("every file that pages link exists, has its type, and never changes at its address", async () => {
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

test("files are compressed for every client that accepts it", async () => {
  const html = await visitor.html("/chat/lobby/");
  const [script = ""] = attributesOf(html, "src");
  const load = async (encodings: string): Promise<Response> =>
    visitor.fetch(script, { headers: { "accept-encoding": encodings } });
  const plain = await load("identity");
  assert.deepEqual([plain.headers.get("content-encoding"), plain.headers.get("vary")], [null, "Accept-Encoding"]);
  const source = await plain.text();
  for (const encodings of ["gzip", "gzip, deflate, br, zstd", "br;q=1, gzip;q=0.5"]) {
    const response = await load(encodings);
    assert.deepEqual(
      [response.headers.get("content-encoding"), response.headers.get("vary")],
      ["gzip", "Accept-Encoding"],
    );
    assert.ok(Number(response.headers.get("content-length")) < source.length / 2);
    assert.equal(await response.text(), source);
  }
  for (const encodings of ["gzip;q=0", "br", ""]) {
    assert.equal((await load(encodings)).headers.get("content-encoding"), null, encodings);
  }
});

test("the assets contain no other file", async () => {
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
