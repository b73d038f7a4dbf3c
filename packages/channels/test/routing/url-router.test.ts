import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  anyJson,
  consumer,
  Denial,
  include,
  JsonWebSocketConsumer,
  route,
  stack,
  urlRouter,
  type ScopeParams,
  type WebSocketScope,
} from "@lobby/channels";
import { requestApplication, WebSocketCommunicator } from "@lobby/channels/testing";
import { answer, showParams } from "../support/applications.ts";

type Router = Parameters<typeof requestApplication>[0];

async function textAt(router: Router, path: string): Promise<string> {
  return (await requestApplication(router, path)).text();
}

async function statusAt(router: Router, path: string): Promise<number> {
  return (await requestApplication(router, path)).status;
}

describe("urlRouter", () => {
  test("takes the first route that matches", async () => {
    const router = urlRouter([
      route("/rooms/new/", answer("form")),
      route("/rooms/:room/", answer("room")),
      route("/rooms/:other/", answer("never")),
    ]);
    assert.equal(await textAt(router, "/rooms/new/"), "form");
    assert.equal(await textAt(router, "/rooms/lobby/"), "room");
  });

  test("answers a path without a route with 404 and a sentence, not an exception", async () => {
    const response = await requestApplication(urlRouter([route("/", answer("home"))]), "/nowhere/");
    assert.equal(response.status, 404);
    assert.equal(await response.text(), "There is nothing at this address.\n");
  });

  test("without any route finds nothing", async () => {
    assert.equal(await statusAt(urlRouter([]), "/"), 404);
  });

  test("leaves a denial of its application alone", async () => {
    const router = urlRouter([
      route("/secret/", () => new Denial(404, "No such room.")),
      route("/secret/", answer("never")),
    ]);
    assert.equal(await textAt(router, "/secret/"), "No such room.\n");
  });

  test("gives every connection its own parameters", async () => {
    const router = urlRouter([route("/:room/", showParams)]);
    const [one, two] = await Promise.all([requestApplication(router, "/one/"), requestApplication(router, "/two/")]);
    assert.deepEqual([await one.json(), await two.json()], [{ room: "one" }, { room: "two" }]);
  });
});

describe("include", () => {
  const router = urlRouter([
    include("/org/:org/", urlRouter([include("/team/:team/", urlRouter([route("/room/:room/", showParams)]))])),
    include("/same/:name/", urlRouter([route("/:name/", showParams)])),
    include("/", urlRouter([route("/root/:leaf", showParams)])),
  ]);

  test("hands the rest of the path inwards and merges the parameters of all levels", async () => {
    const response = await requestApplication(router, "/org/로비/team/a%2Fb/room/x/");
    assert.deepEqual(await response.json(), { org: "로비", team: "a/b", room: "x" });
  });

  test("lets the inner parameter of the same name win", async () => {
    assert.deepEqual(await (await requestApplication(router, "/same/outer/inner/")).json(), { name: "inner" });
  });

  test("of / takes the whole path", async () => {
    assert.deepEqual(await (await requestApplication(router, "/root/leaf")).json(), { leaf: "leaf" });
  });

  test("goes on searching behind a router that found nothing", async () => {
    const first = urlRouter([route("/a/", answer("a"))]);
    const outer = urlRouter([include("/x/", first), include("/x/", urlRouter([])), route("/x/b/", answer("b"))]);
    assert.equal(await textAt(outer, "/x/a/"), "a");
    assert.equal(await textAt(outer, "/x/b/"), "b");
    assert.equal(await statusAt(outer, "/x/c/"), 404);
  });

  test("goes on searching behind a stack whose router found nothing", async () => {
    const inner = stack(() => ({ seen: true }))(urlRouter([route("/a/", answer("a"))]));
    const outer = urlRouter([include("/x/", inner), route("/x/b/", answer("b"))]);
    assert.equal(await textAt(outer, "/x/a/"), "a");
    assert.equal(await textAt(outer, "/x/b/"), "b");
  });

  test("stops searching when a stack inside denies", async () => {
    const inner = stack((): Denial => new Denial(403, "Members only."))(urlRouter([route("/a/", answer("a"))]));
    const outer = urlRouter([include("/x/", inner), route("/x/b/", answer("b"))]);
    assert.equal(await textAt(outer, "/x/b/"), "Members only.\n");
  });

  test("does not leak the parameters of a router that found nothing", async () => {
    const outer = urlRouter([include("/:lost/", urlRouter([])), route("/:kept/b/", showParams)]);
    assert.deepEqual(await (await requestApplication(outer, "/x/b/")).json(), { kept: "x" });
  });

  test("matches whole segments only", async () => {
    assert.equal(
      await statusAt(urlRouter([include("/chat/", urlRouter([route("/", answer("in"))]))]), "/chatter/"),
      404,
    );
  });

  test("leads to a plain application as well, whatever follows", async () => {
    assert.equal(await textAt(urlRouter([include("/files/", answer("files"))]), "/files/a/b/c"), "files");
  });

  test("answers with 400 when a part that only the inner router sees is not UTF-8", async () => {
    assert.equal(await statusAt(router, "/org/a/team/%ff/room/x/"), 400);
  });
});

describe("a WebSocket", () => {
  class Greeter extends JsonWebSocketConsumer<WebSocketScope & ScopeParams<"/ws/:org/chat/:room/">> {
    override get schema(): typeof anyJson {
      return anyJson;
    }

    override connect(): void {
      this.accept();
      this.sendJson(this.scope.params);
    }
  }
  const router = urlRouter([include("/ws/:org/", urlRouter([route("/chat/:room/", consumer(Greeter))]))]);

  test("is led to its consumer with the parameters of its path", async () => {
    const client = new WebSocketCommunicator(router, "/ws/%EB%A1%9C%EB%B9%84/chat/two words/?x=1");
    assert.equal((await client.connect()).accepted, true);
    assert.deepEqual(await client.receiveJson(), { org: "로비", room: "two words" });
    await client.disconnect();
  });

  for (const [path, status] of [
    ["/ws/lobby/", 404],
    ["/ws/lobby/chat/%ff/", 400],
  ] as const) {
    test(`to ${path} is denied with ${status}`, async () => {
      const result = await new WebSocketCommunicator(router, path).connect();
      assert.equal(result.accepted, false);
      assert.equal(result.accepted || result.status, status);
    });
  }
});
