import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requireOrigin, consumer, stack, WebSocketConsumer } from "@lobby/channels";
import { ConfigurationError } from "@lobby/channels/layers";
import { originCheck } from "@lobby/channels/server";
import { WebSocketCommunicator } from "@lobby/channels/testing";

/** What pretends to be an origin, or is one that says nothing. */
const RUBBISH = [
  "null",
  "",
  " ",
  "rubbish",
  "chat.example.com",
  "//chat.example.com",
  "file://",
  "file:///home/mina/page.html",
  "data:text/html,hello",
  "chrome-extension://abcdefgh",
  "ws://chat.example.com",
  "ftp://chat.example.com",
  "https://",
  "https://mina@chat.example.com",
  "https://mina:secret@chat.example.com",
  "https://chat.example.com/path",
  "https://chat.example.com?query",
  "https://chat.example.com#hash",
  "https://chat.example.com, https://evil.com",
  "https://chat.example.com https://evil.com",
];

/** Pages of somebody else, some of which look like ours. */
const FOREIGN = [
  "https://evil.com",
  "https://chat.example.com.evil.com",
  "http://chat.example.com@evil.com",
  "https://chat.example.com:8443@evil.com",
  "https://evilchat.example.com",
  "https://example.com",
  "https://other.chat.example.com",
  "https://chat.example.com.",
  "https://chat.example.com:8443",
  "https://chat-example.com",
  "https://evil.com#chat.example.com",
  "https://evil.com/chat.example.com",
  "https://evil.com\\chat.example.com",
  "https://chát.example.com",
];

describe("the same-origin rule", () => {
  const check = originCheck("same-origin");

  test("passes a client without an Origin, which is not a browser", () => {
    assert.equal(check(null, "chat.example.com"), true);
    assert.equal(check(null, null), true);
  });

  for (const [origin, host] of [
    ["https://chat.example.com", "chat.example.com"],
    ["http://chat.example.com", "chat.example.com"],
    ["https://chat.example.com", "chat.example.com:443"],
    ["http://chat.example.com", "chat.example.com:80"],
    ["https://chat.example.com", "CHAT.example.COM"],
    ["HTTPS://Chat.Example.com", "chat.example.com"],
    ["http://chat.example.com:8000", "chat.example.com:8000"],
    ["http://127.0.0.1:8000", "127.0.0.1:8000"],
    ["http://[::1]:8000", "[::1]:8000"],
    ["https://xn--2o2b21i.example", "로비.example"],
    ["https://chat.example.com.", "chat.example.com."],
  ] as const) {
    test(`passes a page of ${origin} at ${host}`, () => {
      assert.equal(check(origin, host), true);
    });
  }

  for (const [origin, host] of [
    ["http://chat.example.com:8000", "chat.example.com"],
    ["http://chat.example.com", "chat.example.com:8000"],
    ["http://chat.example.com", "chat.example.com:443"],
    ["https://chat.example.com", "chat.example.com:80"],
    ["http://localhost:8000", "127.0.0.1:8000"],
    ["http://chat.example.com", ""],
    ["http://chat.example.com", null],
    ["http://chat.example.com", "x@chat.example.com"],
    ["http://chat.example.com", "chat.example.com/x"],
    ["http://chat.example.com", "chat.example.com, evil.com"],
  ] as const) {
    test(`refuses a page of ${origin} at ${JSON.stringify(host)}`, () => {
      assert.equal(check(origin, host), false);
    });
  }

  for (const origin of [...RUBBISH, ...FOREIGN]) {
    test(`refuses ${JSON.stringify(origin)}`, () => {
      assert.equal(check(origin, "chat.example.com"), false);
    });
  }

  test("refuses an Origin that is as malformed as the Host", () => {
    for (const origin of RUBBISH) {
      for (const host of [origin, "", "null", " ", "%", "chat example com"]) assert.equal(check(origin, host), false);
    }
  });
});

describe("a list of origins", () => {
  const check = originCheck(["https://chat.example.com", "http://localhost:8000/"]);

  test("passes its origins, and clients without an Origin, at any host", () => {
    assert.equal(check("https://chat.example.com", "10.0.0.1"), true);
    assert.equal(check("https://chat.example.com:443", null), true);
    assert.equal(check("HTTPS://CHAT.example.com", null), true);
    assert.equal(check("http://localhost:8000", null), true);
    assert.equal(check(null, "chat.example.com"), true);
  });

  for (const origin of [
    ...RUBBISH,
    ...FOREIGN,
    "http://chat.example.com",
    "http://localhost",
    "https://localhost:8000",
  ]) {
    test(`refuses ${JSON.stringify(origin)}`, () => {
      assert.equal(check(origin, "chat.example.com"), false);
    });
  }

  test("that is empty refuses every page", () => {
    assert.equal(originCheck([])("https://chat.example.com", "chat.example.com"), false);
  });

  test("throws for an entry that is not text", () => {
    for (const entry of [5, null, undefined, {}]) assert.throws(() => originCheck([entry as ""]), ConfigurationError);
  });

  for (const entry of [
    "*",
    "https://*",
    "https://*:8000",
    "https://*.",
    "https://*example.com",
    "https://chat.*.example.com",
    "https://*.*.example.com",
    "https://chat.example.*",
    "*.example.com",
    "*://chat.example.com",
    "https://*.example.com/path",
    "https://mina@*.example.com",
    "chat.example.com",
    ".example.com",
    "https://chat.example.com/path",
    "",
    "ws://a.b",
    "wss://chat.example.com",
    "ftp://chat.example.com",
    "https://",
    "http:///",
    "https:chat.example.com",
    "NULL",
    "undefined",
    "file:",
    "file:///",
    "file:///home/mina/page.html",
    "capacitor://localhost/",
    "capacitor://localhost/index.html",
    "capacitor://mina@localhost",
    "capacitor:localhost",
    "capacitor://",
    "Capacitor://localhost",
    "chrome-extension://*",
    "chrome-extension://*.abc",
    "tauri://local host",
    "tauri://localhost?x",
    "tauri://localhost, tauri://other",
    "://localhost",
    "data:text/html,hello",
    "blob:https://chat.example.com/1",
    "about:blank",
  ]) {
    test(`throws for the entry ${JSON.stringify(entry)}`, () => {
      assert.throws(() => originCheck([entry]), ConfigurationError);
    });
  }
});

describe("a list with all subdomains of one", () => {
  const check = originCheck(["https://*.example.com", "http://*.lobby.test:8000/", "https://other.org"]);

  for (const origin of [
    "https://a.example.com",
    "https://a.b.c.example.com",
    "https://a.example.com:443",
    "HTTPS://A.EXAMPLE.COM",
    "https://xn--2o2b21i.example.com",
    "http://a.lobby.test:8000",
    "https://other.org",
  ]) {
    test(`passes ${origin}`, () => {
      assert.equal(check(origin, "chat.example.com"), true);
    });
  }

  for (const origin of [
    ...RUBBISH,
    "https://example.com",
    "https://evilexample.com",
    "https://a.example.com.evil.com",
    "https://a.example.com.",
    "https://.example.com@evil.com",
    "https://evil.com/.example.com",
    "https://evil.com\\.example.com",
    "https://evil.com#.example.com",
    "http://a.example.com",
    "https://a.example.com:8443",
    "http://lobby.test:8000",
    "http://a.lobby.test",
    "http://a.lobby.test:80001",
    "https://a.other.org",
  ]) {
    test(`refuses ${JSON.stringify(origin)}`, () => {
      assert.equal(check(origin, "a.example.com"), false);
    });
  }
});

describe("a list of apps", () => {
  const APPS = [
    "capacitor://localhost",
    "ionic://localhost",
    "tauri://localhost",
    "app://obsidian.md",
    "app://-",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://7a3b0c1e-5d8f-4f6a-9d2e-1c2b3a4d5e6f",
    "safari-web-extension://7A3B0C1E-5D8F-4F6A-9D2E-1C2B3A4D5E6F",
    "vscode-webview://0h4j1k2l3m",
    "web+chat://localhost:8080",
    "file://",
    "null",
  ];

  for (const app of APPS) {
    const check = originCheck([app, "https://chat.example.com"]);

    test(`with ${app} passes it, and the other entries`, () => {
      assert.equal(check(app, "chat.example.com"), true);
      assert.equal(check("https://chat.example.com", null), true);
      assert.equal(check(null, null), true);
    });

    test(`with ${app} refuses everything else, also what begins or ends like it`, () => {
      const similar = [`${app}/`, `${app}x`, `x${app}`, `${app}:1`, `${app}, ${app}`, `${app} `, app.toUpperCase()];
      for (const origin of [...similar, ...APPS.filter((other) => other !== app), ...FOREIGN, ...RUBBISH]) {
        if (origin !== app && origin !== "https://chat.example.com")
          assert.equal(check(origin, "localhost"), false, origin);
      }
    });
  }

  test("is the only rule beside the one for every page that passes an app", () => {
    for (const rule of ["same-origin", ["https://*.localhost", "http://localhost"], []] as const) {
      const check = originCheck(rule);
      for (const app of APPS)
        for (const host of ["localhost", "null", "", "obsidian.md"]) assert.equal(check(app, host), false);
    }
  });

  test("may have the web origin of an app", () => {
    const check = originCheck(["https://tauri.localhost", "http://localhost"]);
    for (const origin of ["https://tauri.localhost", "http://localhost"]) assert.equal(check(origin, null), true);
    for (const origin of ["http://tauri.localhost", "https://localhost", "tauri://localhost"]) {
      assert.equal(check(origin, null), false);
    }
  });
});

test('the rule "any" lets every page in', () => {
  const check = originCheck("any");
  for (const origin of [null, "null", ...FOREIGN]) assert.equal(check(origin, "chat.example.com"), true);
});

for (const rule of ["same-orign", "https://chat.example.com", "", undefined, null, 5]) {
  test(`the rule ${JSON.stringify(rule)} throws`, () => {
    for (const take of [originCheck, requireOrigin]) {
      assert.throws(() => take(rule as "any"), {
        code: "CHANNELS_CONFIGURATION",
        message: `Expected \`allowedOrigins\` to be "same-origin", "any" or a list of origins, got \`${rule}\`.`,
      });
    }
  });
}

describe("requireOrigin", () => {
  class Chat extends WebSocketConsumer {}
  const application = stack(requireOrigin("same-origin"))(consumer(Chat));

  async function statusFor(headers: Readonly<Record<string, string>>): Promise<number> {
    const result = await new WebSocketCommunicator(application, "ws://chat.example.com/", { headers }).connect();
    return result.accepted ? 101 : result.status;
  }

  test("denies with 403 before the consumer sees the connection", async () => {
    assert.equal(await statusFor({ origin: "https://evil.com" }), 403);
    assert.equal(await statusFor({ origin: "null" }), 403);
    assert.equal(await statusFor({ origin: "https://chat.example.com" }), 101);
    assert.equal(await statusFor({}), 101);
  });

  test("compares with the host of the scope instead of the header, which a proxy may replace", async () => {
    assert.equal(await statusFor({ origin: "https://chat.example.com", host: "10.0.0.7:8000" }), 101);
    assert.equal(await statusFor({ origin: "http://10.0.0.7:8000", host: "10.0.0.7:8000" }), 403);
  });
});
