import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  channelNameRouter,
  consumer,
  Denial,
  include,
  InMemoryChannelLayer,
  protocolRouter,
  route,
  stack,
  urlRouter,
  WebSocketConsumer,
  type ChannelMessage,
  type ChannelScope,
} from "@lobby/channels";
import { requestApplication, WebSocketCommunicator } from "@lobby/channels/testing";
import { answer } from "../support/applications.ts";

class Echo extends WebSocketConsumer {}

const sockets = urlRouter([include("/ws/", urlRouter([route("/chat/:room/", consumer(Echo))]))]);

describe("a plain HTTP request to a path that speaks WebSocket", () => {
  test("is answered with 426 and says what to upgrade to", async () => {
    const { http } = protocolRouter({ websocket: sockets });
    const response = await requestApplication(http, "/ws/chat/lobby/");
    assert.equal(response.status, 426);
    assert.equal(response.headers.get("upgrade"), "websocket");
    assert.match(await response.text(), /WebSocket/);
  });

  test("is answered with 426 when the routers are behind a stack", async () => {
    const { http } = protocolRouter({ websocket: stack(() => ({ extra: 1 }))(sockets) });
    assert.equal((await requestApplication(http, "/ws/chat/lobby/")).status, 426);
  });

  for (const [from, application] of [
    ["a router without that route", urlRouter([route("/", answer("home"))])],
    ["a fetch handler that answers 404", (): Response => new Response("nope", { status: 404 })],
  ] as const) {
    test(`is answered with 426 instead of the 404 of ${from}`, async () => {
      const { http } = protocolRouter({ http: application, websocket: sockets });
      assert.equal((await requestApplication(http, "/ws/chat/lobby/")).status, 426);
    });
  }

  test("gets the page that the HTTP application has there", async () => {
    const { http } = protocolRouter({ http: answer("page"), websocket: sockets });
    assert.equal(await (await requestApplication(http, "/ws/chat/lobby/")).text(), "page");
  });

  test("gets the denial that the HTTP application decided on", async () => {
    const { http } = protocolRouter({ http: () => new Denial(404, "No such room."), websocket: sockets });
    assert.equal(await (await requestApplication(http, "/ws/chat/lobby/")).text(), "No such room.\n");
  });

  test("gets 404 where no WebSocket is either", async () => {
    const { http } = protocolRouter({ websocket: sockets });
    const response = await requestApplication(http, "/ws/nowhere/");
    assert.equal(response.status, 404);
    assert.equal(response.headers.get("upgrade"), null);
  });

  test("gets 404 when a WebSocket application does not say which paths it handles", async () => {
    const { http } = protocolRouter({ websocket: consumer(Echo) });
    assert.equal((await requestApplication(http, "/anything/")).status, 404);
  });
});

describe("protocolRouter", () => {
  test("answers a protocol that was left out with 404", async () => {
    const router = protocolRouter({});
    assert.equal((await requestApplication(router.http, "/")).status, 404);
    const handshake = await new WebSocketCommunicator(router.websocket, "/").connect();
    assert.equal(handshake.accepted || handshake.status, 404);
    const scope: ChannelScope = { type: "channel", channel: "thumbnails", layer: router.layer };
    assert.ok((await router.channel({ type: "make" }, scope)) instanceof Denial);
  });

  test("has a layer of its own by default", async () => {
    const [one, two] = [protocolRouter({}), protocolRouter({})];
    await one.layer.send("work", { type: "job" });
    assert.notEqual(one.layer, two.layer);
    assert.deepEqual(await one.layer.receive("work"), { type: "job" });
  });

  test("carries the layer it was given", () => {
    const layer = new InMemoryChannelLayer();
    assert.equal(protocolRouter({ layer }).layer, layer);
  });
});

describe("channelNameRouter", () => {
  const taken: string[] = [];
  const router = channelNameRouter({
    thumbnails: (message: ChannelMessage) => void taken.push(`thumbnails took ${message.type}`),
    로비: (message: ChannelMessage) => void taken.push(`로비 took ${message.type}`),
  });
  const layer = new InMemoryChannelLayer();

  test("leads a message to the application of its channel", async () => {
    await router({ type: "make" }, { type: "channel", channel: "thumbnails", layer });
    await router({ type: "greet" }, { type: "channel", channel: "로비", layer });
    assert.deepEqual(taken, ["thumbnails took make", "로비 took greet"]);
  });

  for (const channel of ["unknown", "constructor", "__proto__", "toString"]) {
    test(`denies the channel ${channel}, to which nobody listens`, async () => {
      const result = await router({ type: "make" }, { type: "channel", channel, layer });
      assert.ok(result instanceof Denial);
      assert.equal(result.status, 404);
      assert.equal(result.reason, `No application listens to the channel "${channel}".`);
    });
  }
});
