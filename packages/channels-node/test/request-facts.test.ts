import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import type { ConsumerReport, HttpScope } from "@lobby/channels";
import type { ServerOptions } from "../src/index.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

/** Answers with the addresses of the scope and of the request. */
function showAddresses(incoming: Request, { url, headers }: HttpScope): Response {
  return new Response(`<${url.href}> <${incoming.url}> <${headers.get("HOST")}>`);
}

/** Returns the answer of a new server to this request. */
async function answerTo(t: TestContext, head: string, options: ServerOptions = {}): Promise<string> {
  const { port } = await startServer(t, { http: showAddresses }, options);
  const client = await RawClient.connect(t, port);
  client.send(head);
  return client.rest();
}

const get = (target: string, headers: Readonly<Record<string, string | undefined>> = {}): string =>
  request("GET", target, { Host: "chat.example", Connection: "close", ...headers });

describe("The address of a request", () => {
  for (const [title, head, href] of [
    ["is made of the Host header and the target", get("/a/b?c=d"), "http://chat.example/a/b?c=d"],
    ["keeps a port", get("/", { Host: "chat.example:8080" }), "http://chat.example:8080/"],
    [
      "may have the letters, digits and marks of host names",
      get("/", { Host: "my_chat-1.Example" }),
      "http://my_chat-1.example/",
    ],
    ["may be an IPv6 address", get("/", { Host: "[::1]:8000" }), "http://[::1]:8000/"],
    ["may have a path that begins with two slashes", get("//evil.example/x"), "http://chat.example//evil.example/x"],
    ["may have a path that looks like a user", get("/@evil.example/"), "http://chat.example/@evil.example/"],
    ["leaves malformed escapes to the router", get("/%zz/%"), "http://chat.example/%zz/%"],
    ["resolves dots", get("/a/../b/./c"), "http://chat.example/b/c"],
    ["is the target when that is a whole URL", get("http://other.example:81/x?y"), "http://other.example:81/x?y"],
    ["may be a whole URL without a path", get("HTTP://other.example?y"), "http://other.example/?y"],
    [
      "may have a host in upper case and the dot of the DNS root",
      get("/", { Host: "CHAT.Example." }),
      "http://chat.example./",
    ],
    ["has the host localhost when HTTP/1.0 sends none", "GET /old HTTP/1.0\r\n\r\n", "http://localhost/old"],
    [
      "has the host localhost when the Host header is empty",
      get("/chat/lobby/", { Host: "" }),
      "http://localhost/chat/lobby/",
    ],
  ] as const) {
    test(title, async (t) => {
      const answer = await answerTo(t, head);
      assert.match(answer, /^HTTP\/1\.1 200 /);
      assert.ok(answer.includes(`<${href}> <${href}>`), answer);
    });
  }

  for (const [flaw, head] of [
    ["a host with a path", get("/target", { Host: "chat.example/admin" })],
    ["a host with a query", get("/target", { Host: "chat.example?" })],
    ["a host with a fragment", get("/target", { Host: "chat.example#" })],
    ["a host with a user", get("/target", { Host: "user@chat.example" })],
    ["a host with a backslash", get("/target", { Host: "chat.example\\admin" })],
    ["a host with a tab", get("/target", { Host: "chat\t.example" })],
    ["a host with a space", get("/target", { Host: "chat .example" })],
    ["a host with a semicolon", get("/target", { Host: "a;script-src" })],
    ["a host with a comma", get("/target", { Host: "chat.example,evil.example" })],
    ["a host with quotes", get("/target", { Host: "'none'" })],
    ["a host with escapes", get("/target", { Host: "chat%2eexample" })],
    ["a host in raw UTF-8", get("/target", { Host: "로비.example" })],
    ["a whole URL whose host has a semicolon", get("http://a;script-src/target")],
    ["a port out of range", get("/target", { Host: "chat.example:99999" })],
    ["half an IPv6 address", get("/target", { Host: "[::1" })],
    ["no host in HTTP/1.1", get("/target", { Host: undefined })],
    ["two hosts", get("/target", { Host: "a\r\nHost: b" })],
    ["a host of 300 letters", get("/target", { Host: "a".repeat(300) })],
    ["a port without a host", get("/target", { Host: ":80" })],
    ["a host in brackets that is no address", get("/target", { Host: "[chat.example]" })],
    ["an IPv6 address with a zone", get("/target", { Host: "[fe80::1%25eth0]" })],
    ["a whole URL with a user", get("http://user@chat.example/target")],
    ["a whole URL without a host", get("http:///target")],
    ["a whole URL without slashes", get("http:chat.example/target")],
    ["a whole URL with an escape in its host", get("http://chat%2eexample/target")],
    ["the target *", get("*")],
    ["a target without a slash", get("target")],
    ["a target of another scheme", get("ftp://chat.example/")],
    ["a target with a space", get("/a b")],
    ["a target with raw UTF-8", get("/로비/")],
    ["bytes that are not HTTP", "안녕하세요\r\n\r\n"],
    ["a header with a line feed in its name", get("/", { "X-A\n": "1" })],
    ["two lengths of the body", get("/", { "Content-Length": "1\r\nContent-Length: 2" })],
    ["a length and chunks", get("/", { "Content-Length": "1", "Transfer-Encoding": "chunked" })],
  ] as const) {
    test(`is malformed with ${flaw}: the answer is 400`, async (t) => {
      assert.match(await answerTo(t, head), /^HTTP\/1\.1 400 /);
    });
  }

  for (const [part, head] of [
    ["has two Host headers. Send one.", get("/", { Host: "a\r\nHost: b" })],
    ["has a malformed host. Send a name or an address, with or without a port.", get("/", { Host: "a;b" })],
    ["has a malformed target. Send a path, or an http address without a user.", get("http://user@a/")],
  ] as const) {
    test(`is malformed, and the answer says: This request ${part}`, async (t) => {
      assert.ok((await answerTo(t, head)).includes(`\nThis request ${part}\n`));
    });
  }

  test("has headers whose names are case-insensitive", async (t) => {
    assert.match(await answerTo(t, get("/")), /<chat\.example>\r\n/);
  });

  test("with headers of 100 kilobytes gets 431", async (t) => {
    const headers = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`X-${index}`, "x".repeat(10_000)]));
    assert.match(await answerTo(t, get("/", headers)), /^HTTP\/1\.1 431 /);
  });
});

describe("Forwarded headers", () => {
  const forwarded = { "X-Forwarded-Host": "chat.example", "X-Forwarded-Proto": "https" };

  for (const [effect, headers, href] of [
    ["set host and scheme", forwarded, "https://chat.example/x"],
    [
      "with values of several proxies use the last host, because a client can send those before it",
      { ...forwarded, "X-Forwarded-Host": "evil.example, last.example" },
      "https://last.example/x",
    ],
    ["may be empty", { "X-Forwarded-Host": "", "X-Forwarded-Proto": "" }, "http://127.0.0.1/x"],
    ["with the scheme of a WebSocket set https too", { "X-Forwarded-Proto": "wss" }, "https://127.0.0.1/x"],
    [
      "may have the form of RFC 7239",
      { Forwarded: 'for="[2001:db8::7]:443";proto=HTTPS;host="chat.example:8443"' },
      "https://chat.example:8443/x",
    ],
    [
      "replace a name without a dot, which is a proxy's name for the server",
      { ...forwarded, Host: "lobby:8000" },
      "https://chat.example/x",
    ],
    [
      "do not replace another host, because many proxies pass the header of a client on",
      { ...forwarded, Host: "evil.example" },
      "https://evil.example/x",
    ],
  ] as const) {
    test(`of a trusted proxy ${effect}`, async (t) => {
      const head = request("GET", "/x", { Connection: "close", ...headers });
      const answer = await answerTo(t, head, { trustProxy: ["127.0.0.1"] });
      assert.ok(answer.includes(`<${href}> <${href}>`), answer);
    });
  }

  test("of a trusted proxy must contain a valid host", async (t) => {
    const head = request("GET", "/x", { Connection: "close", "X-Forwarded-Host": "a/b" });
    assert.match(await answerTo(t, head, { trustProxy: ["127.0.0.1"] }), /^HTTP\/1\.1 400 /);
  });

  test("of any other client have no effect", async (t) => {
    const head = request("GET", "/x", { Connection: "close", ...forwarded });
    assert.match(await answerTo(t, head), /<http:\/\/127\.0\.0\.1\/x>/);
    assert.match(await answerTo(t, head, { trustProxy: ["10.0.0.0/8"] }), /<http:\/\/127\.0\.0\.1\/x>/);
  });
});

/** Sends this request and one with X-Real-IP to a new server. The answers show `isUntrustedProxy`. */
async function askTwice(
  t: TestContext,
  head: string,
  options: ServerOptions = {},
): Promise<{ answer: string; reports: readonly ConsumerReport[] }> {
  const reports: ConsumerReport[] = [];
  const { port } = await startServer(
    t,
    { http: (_request, { client }) => new Response(`<${client.isUntrustedProxy}>`) },
    { ...options, onReport: (report) => reports.push(report) },
  );
  const client = await RawClient.connect(t, port);
  client.send(head);
  client.send(get("/", { "X-Real-IP": "203.0.113.7" }));
  return { answer: await client.rest(), reports };
}

const first = (headers: Readonly<Record<string, string>>): string => request("GET", "/first", headers);

describe("Forwarded headers of an untrusted proxy", () => {
  for (const header of ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP"]) {
    test(`such as ${header} mark the client, and are reported once`, async (t) => {
      const { answer, reports } = await askTwice(t, first({ [header]: "" }));
      assert.equal(answer.match(/<true>/g)?.length, 2);
      assert.deepEqual(
        reports.map(({ level, source, operation, error }) => [level, source, operation, (error as Error).message]),
        [
          [
            "warning",
            "http",
            "read /first",
            'Forwarded headers came from "127.0.0.1", which `trustProxy` does not name; they do not count. ' +
              "If it is your proxy, add it to `trustProxy`.",
          ],
        ],
      );
    });
  }

  test("are reported for at most ten addresses, so that the clients of a network cannot fill the log", async (t) => {
    const reports: ConsumerReport[] = [];
    const onReport = (report: ConsumerReport): void => void reports.push(report);
    const { port } = await startServer(t, { http: () => new Response() }, { onReport });
    for (let number = 1; number <= 12; number += 1) {
      // Linux has all of 127.0.0.0/8.
      const client = new RawClient(t, { port, host: "127.0.0.1", localAddress: `127.0.0.${number}` });
      client.send(get("/", { "X-Forwarded-For": "203.0.113.7" }));
      assert.match(await client.rest(), /^HTTP\/1\.1 200 /);
    }
    assert.deepEqual(
      reports.map(({ error }) => (error as { proxy?: string }).proxy),
      Array.from({ length: 10 }, (_, index) => `127.0.0.${index + 1}`),
    );
  });

  test("do not mark a proxy that the server trusts", async (t) => {
    const { answer, reports } = await askTwice(t, first({ "X-Forwarded-For": "203.0.113.7" }), {
      trustProxy: ["127.0.0.1"],
    });
    assert.equal(answer.match(/<false>/g)?.length, 2);
    assert.deepEqual(reports, []);
  });

  test("do not mark a client that sends none", async (t) => {
    const { answer } = await askTwice(t, first({}));
    assert.match(answer, /<false>[^]+<true>/);
  });
});
