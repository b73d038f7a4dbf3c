import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigurationError } from "@lobby/channels/layers";
import { cookies, stack, WebSocketConsumer, consumer, type CookieScope, type WebSocketScope } from "@lobby/channels";
import { requestApplication, WebSocketCommunicator } from "@lobby/channels/testing";
import { serializeCookie } from "../../src/middleware/cookies.ts";
import { CookieExchange } from "../support/cookie-exchange.ts";

describe("the cookies of a request", () => {
  for (const [header, name, value] of [
    ["id=abc", "id", "abc"],
    ["a=1; id=abc; b=2", "id", "abc"],
    ["a=1;id=abc", "id", "abc"],
    ["id=first; id=second", "id", "first"],
    ["id=", "id", ""],
    ["id=a=b", "id", "a=b"],
    ['id="quoted"', "id", "quoted"],
    ['id="', "id", '"'],
    ["id=%EB%A1%9C%EB%B9%84", "id", "로비"],
    ["id=100%", "id", "100%"],
    ["id=%ff", "id", "%ff"],
    ["id", "id", undefined],
    ["=abc", "", undefined],
    ["; ;;", "id", undefined],
    ["constructor=x", "toString", undefined],
    ["__proto__=x", "__proto__", "x"],
  ] as const) {
    test(`"${header}" has ${JSON.stringify(value)} as ${JSON.stringify(name)}`, () => {
      assert.equal(new CookieExchange(header).scope.cookies.get(name), value);
    });
  }

  test("can have one name several times, and all values are there in their order", () => {
    const { cookies: sent } = new CookieExchange("id=first; a=1; id=%EB%A1%9C; id=; ID=4; id").scope;
    assert.deepEqual(sent.getAll("id"), ["first", "로", ""]);
    assert.deepEqual([sent.getAll("b"), sent.getAll("")], [[], []]);
  });

  test("are none when the client sent none", () => {
    assert.equal(new CookieExchange(null).scope.cookies.get("id"), undefined);
    assert.deepEqual(new CookieExchange(null).scope.cookies.getAll("id"), []);
  });
});

describe("a cookie that is set", () => {
  test("is hidden from scripts, for the whole site, and not sent from other sites, by default", () => {
    assert.equal(serializeCookie("id", "abc"), "id=abc; Path=/; HttpOnly; SameSite=Lax");
  });

  test("has every option in its header", () => {
    const options = {
      maxAgeSeconds: 60.9,
      path: "/chat/",
      domain: "example.com",
      secure: true,
      httpOnly: false,
    } as const;
    assert.equal(
      serializeCookie("id", "abc", { ...options, sameSite: "None" }),
      "id=abc; Max-Age=60; Path=/chat/; Domain=example.com; Secure; SameSite=None",
    );
  });

  test("keeps any value unchanged", () => {
    for (const value of ["로비", 'a; b="c", d', "100%", "line\r\nSet-Cookie: evil=1", ""]) {
      const handshake = new CookieExchange();
      handshake.scope.cookies.set("id", value);
      assert.equal(new CookieExchange(handshake.cookieHeader).scope.cookies.get("id"), value);
    }
  });

  for (const name of ["", "a b", "a;b", "a=b", "로비", "id\n", "a,b"]) {
    test(`is refused when its name is ${JSON.stringify(name)}`, () => {
      assert.throws(() => serializeCookie(name, "x"), ConfigurationError);
    });
  }

  for (const options of [{ path: "/;x" }, { domain: "a\r\nb" }, { path: "/\n" }, { domain: "로비" }]) {
    test(`is refused with ${JSON.stringify(options)}, which would end its attribute`, () => {
      assert.throws(() => serializeCookie("id", "x", options), ConfigurationError);
    });
  }

  test("is refused with SameSite=None when it is not secure, since browsers would drop it", () => {
    assert.throws(
      () => serializeCookie("id", "x", { sameSite: "None" }),
      /to be `secure`: browsers refuse it otherwise/,
    );
  });

  for (const [name, options] of [
    ["__Host-id", {}],
    ["__secure-id", { domain: "example.com" }],
    ["__Host-id", { secure: true, path: "/chat/" }],
    ["__HOST-id", { secure: true, domain: "example.com" }],
  ] as const) {
    test(`is refused as ${name} with ${JSON.stringify(options)}, since browsers would drop it`, () => {
      assert.throws(() => serializeCookie(name, "x", options), ConfigurationError);
    });
  }

  test("may have a reserved prefix when it follows the rules of browsers", () => {
    assert.equal(
      serializeCookie("__Host-id", "x", { secure: true }),
      "__Host-id=x; Path=/; Secure; HttpOnly; SameSite=Lax",
    );
    assert.match(serializeCookie("__Secure-id", "x", { secure: true, domain: "example.com" }), /Domain=example.com/);
  });

  for (const sameSite of ["none", "lax", "", "None; Domain=evil.com", null]) {
    test(`is refused with ${JSON.stringify(sameSite)} as its SameSite, also without a compiler`, () => {
      assert.throws(() => serializeCookie("id", "x", { sameSite: sameSite as "Lax" }), /"Strict", "Lax" or "None"/);
    });
  }

  for (const maxAgeSeconds of [Number.NaN, Number.POSITIVE_INFINITY]) {
    test(`is refused with ${maxAgeSeconds} seconds to live`, () => {
      assert.throws(() => serializeCookie("id", "x", { maxAgeSeconds }), ConfigurationError);
    });
  }

  test("is deleted with the same path", () => {
    const handshake = new CookieExchange();
    assert.equal(handshake.scope.cookies.delete("id", { path: "/chat/" }), true);
    assert.deepEqual(handshake.setCookies, ["id=; Max-Age=0; Path=/chat/; HttpOnly; SameSite=Lax"]);
  });

  test("returns false after the answer was sent", () => {
    const handshake = new CookieExchange();
    handshake.end();
    assert.equal(handshake.scope.cookies.set("id", "abc"), false);
  });
});

describe("cookies()", () => {
  test("sets cookies on an HTTP response, each on a line of its own", async () => {
    const application = stack(cookies())((_request: Request, scope: CookieScope) => {
      scope.cookies.set("a", "1");
      scope.cookies.set("b", "2");
      return new Response(scope.cookies.get("seen"));
    });
    const response = await requestApplication(application, "/", { headers: { Cookie: "seen=yes" } });
    assert.equal(await response.text(), "yes");
    assert.equal(response.headers.getSetCookie().length, 2);
  });

  class Visitor extends WebSocketConsumer<WebSocketScope & CookieScope> {
    override connect(): void {
      assert.equal(this.scope.cookies.set("before", "1"), true);
      if (this.scope.cookies.get("banned") === "1") this.deny();
      else this.accept();
      assert.equal(this.scope.cookies.set("after", "1"), false);
    }
  }

  for (const [answer, cookie] of [
    ["accepted", "banned=0"],
    ["denied", "banned=1"],
  ] as const) {
    test(`sets cookies on the handshake of a WebSocket that is ${answer}, up to its answer`, async () => {
      const client = new WebSocketCommunicator(stack(cookies())(consumer(Visitor)), "/", { headers: { cookie } });
      const result = await client.connect();
      assert.equal(result.accepted ? "accepted" : "denied", answer);
      assert.deepEqual(result.headers.getSetCookie(), ["before=1; Path=/; HttpOnly; SameSite=Lax"]);
      assert.deepEqual(client.reports, []);
    });
  }
});
