import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { methods, protocolRouter, route, urlRouter, type HttpScope, type ScopeParams } from "@lobby/channels";
import { requestApplication } from "@lobby/channels/testing";

const page = ({ method }: Request, _scope: HttpScope): Response =>
  new Response(`page by ${method}`, { headers: { "X-Page": "1" } });
const change = (_request: Request, { params }: HttpScope & ScopeParams<"/:id/">): Response =>
  Response.json(params, { status: 201 });

const { http } = protocolRouter({
  http: urlRouter([route("/polls/:id/", methods({ GET: page, POST: change })), route("/in/", methods({ PUT: page }))]),
});

function ask(method: string, path = "/polls/7/"): Promise<Response> {
  return requestApplication(http, path, { method });
}

describe("methods", () => {
  test("leads each method to its handler, with the scope of the route", async () => {
    assert.equal(await (await ask("GET")).text(), "page by GET");
    const changed = await ask("POST");
    assert.deepEqual([changed.status, await changed.json()], [201, { id: "7" }]);
  });

  test("has HEAD answered by the handler of GET", async () => {
    const response = await ask("HEAD");
    assert.deepEqual([response.status, response.headers.get("x-page")], [200, "1"]);
  });

  for (const [path, allow] of [
    ["/polls/7/", "GET, HEAD, POST, OPTIONS"],
    ["/in/", "PUT, OPTIONS"],
  ] as const) {
    test(`says what ${path} takes: 405 for anything else, 204 for OPTIONS`, async () => {
      const refused = await ask("DELETE", path);
      assert.deepEqual([refused.status, refused.headers.get("allow")], [405, allow]);
      assert.equal(await refused.text(), `This address takes ${allow}.\n`);
      const told = await ask("OPTIONS", path);
      assert.deepEqual([told.status, told.headers.get("allow"), await told.text()], [204, allow, ""]);
    });
  }

  test("has no HEAD where there is no GET", async () => {
    assert.equal((await ask("HEAD", "/in/")).status, 405);
  });

  test("prefers a handler of HEAD or OPTIONS to its own", async () => {
    const own = methods({
      GET: page,
      HEAD: () => new Response("own head"),
      OPTIONS: () => new Response("own options"),
    });
    for (const [method, text] of [
      ["HEAD", "own head"],
      ["OPTIONS", "own options"],
    ] as const) {
      assert.equal(await (await requestApplication(own, "/", { method })).text(), text);
    }
  });

  test("knows what is a method, and how it is written", () => {
    for (const name of ["get", "FETCH"]) {
      assert.throws(() => methods({ [name]: page }), {
        code: "CHANNELS_CONFIGURATION",
        message: `methods has no option \`${name}\`, only \`GET\`, \`HEAD\`, \`POST\`, \`PUT\`, \`PATCH\`, \`DELETE\`, \`OPTIONS\`.`,
      });
    }
  });
});
