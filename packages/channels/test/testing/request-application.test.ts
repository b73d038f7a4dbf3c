import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BodyTooLargeError,
  BrokenBodyError,
  Denial,
  InMemoryChannelLayer,
  protocolRouter,
  ServerClosingError,
  type HttpScope,
} from "@lobby/channels";
import { requestApplication } from "@lobby/channels/testing";

describe("requestApplication", () => {
  test("calls the application with a request and its scope", async () => {
    const layer = new InMemoryChannelLayer();
    const response = await requestApplication(
      async (request: Request, scope: HttpScope) => {
        assert.equal(scope.layer, layer);
        assert.equal(scope.type, "http");
        return Response.json([request.method, scope.url.href, scope.headers.get("x-test"), await request.text()]);
      },
      "/chat/로비/?q=1",
      { layer, method: "POST", headers: { "X-Test": "yes" }, body: "안녕" },
    );
    assert.deepEqual(await response.json(), ["POST", "http://testserver/chat/%EB%A1%9C%EB%B9%84/?q=1", "yes", "안녕"]);
  });

  test("calls the HTTP part of a protocolRouter, on its layer or on the layer of the options", async () => {
    const layers: unknown[] = [];
    const router = protocolRouter({
      http(_request, { layer }) {
        layers.push(layer);
        return new Response("a page");
      },
    });
    assert.equal(await (await requestApplication(router, "/")).text(), "a page");
    const other = new InMemoryChannelLayer();
    await requestApplication(router, "/", { layer: other });
    assert.equal(layers[0], router.layer);
    assert.equal(layers[1], other);
  });

  test("has the address 127.0.0.1, or the address of the options", async () => {
    const elsewhere = { address: "203.0.113.7", port: 40_000 };
    const proxy = { isUntrustedProxy: true };
    for (const [options, seen] of [
      [{}, { address: "127.0.0.1", port: 1, isUntrustedProxy: false }],
      [{ client: elsewhere }, { ...elsewhere, isUntrustedProxy: false }],
      [{ client: proxy }, { address: "127.0.0.1", port: 1, isUntrustedProxy: true }],
    ] as const) {
      await requestApplication(
        (_request, { client }) => {
          assert.deepEqual(client, seen);
          return new Response();
        },
        "/",
        options,
      );
    }
  });

  test("returns a denial as the response of a client", async () => {
    const response = await requestApplication(() => new Denial(403, "Members only."), "/");
    assert.equal(response.status, 403);
    assert.equal(await response.text(), "Members only.\n");
  });

  test("adds the reply's headers to a response, a redirect or a denial, on separate lines", async () => {
    for (const make of [
      (): Response => new Response("hello", { headers: { "X-Own": "1" } }),
      (): Response => Response.redirect("http://testserver/elsewhere/"),
      (): Denial => new Denial(404, "Nothing."),
    ]) {
      const response = await requestApplication((_request: Request, { reply }: HttpScope) => {
        assert.equal(reply.append("Set-Cookie", "a=1"), true);
        assert.equal(reply.append("Set-Cookie", "b=2"), true);
        return make();
      }, "/");
      assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
    }
  });

  test("logs reports to the console, as a server without `onReport` does", async (t) => {
    const printed: unknown[][] = [];
    t.mock.method(console, "warn", (...line: unknown[]) => printed.push(line));
    const error = new Error("boom");
    await requestApplication((_request, { server }) => {
      server.report({ level: "warning", source: "Chat", operation: "receive", error });
      return new Response();
    }, "/");
    assert.deepEqual(printed, [["Chat (receive):", error]]);
  });

  test("returns a thrown denial or server error as the response of a client", async () => {
    for (const [error, status, text] of [
      [new Denial(403, "Members only."), 403, "Members only.\n"],
      [new BodyTooLargeError(9), 413, "A request body may have at most 9 bytes.\n"],
      [new BrokenBodyError("broke off"), 400, "The request body broke off or was malformed.\n"],
      [new BrokenBodyError("took too long", 408), 408, "The request body arrived too slowly.\n"],
      [new Error("wrapped", { cause: new BodyTooLargeError(9) }), 413, "A request body may have at most 9 bytes.\n"],
      [new ServerClosingError(1012, "The server is restarting"), 503, "The server is closing.\n"],
    ] as const) {
      const response = await requestApplication(() => Promise.reject(error), "/");
      assert.deepEqual([response.status, await response.text()], [status, text]);
    }
  });

  test("returns 400 for a body that the application cannot parse, as a server does", async () => {
    for (const read of [
      (request: Request) => request.json(),
      (request: Request) => request.clone().json(),
      (request: Request) => request.formData(),
    ]) {
      const response = await requestApplication(
        async (request: Request) => Response.json((await read(request)) === null),
        "/",
        { method: "POST", body: "{" },
      );
      assert.deepEqual(
        [response.status, await response.text()],
        [400, "The request body broke off or was malformed.\n"],
      );
    }
  });

  test("rejects with the application's error", async () => {
    await assert.rejects(
      requestApplication(() => {
        throw new Error("boom");
      }, "/"),
      /boom/,
    );
  });
});
