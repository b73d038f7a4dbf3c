import assert from "node:assert/strict";
import { Socket } from "node:net";
import { describe, test } from "node:test";
import { consumer } from "@lobby/channels";
import { AddressList } from "../src/address-list.ts";
import { PipelineGuard } from "../src/pipeline-guard.ts";
import { Echo } from "./support/echo.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

const FLOOD = request("GET", "/", {}).repeat(1_000);

describe("A network that floods with pipelined requests", () => {
  test("is cut on all of its connections, and gets no other; other networks notice nothing", async (t) => {
    let served = 0;
    const { port } = await startServer(t, { http: () => new Response(String((served += 1))) });
    const other = await RawClient.connect(t, port, "127.0.0.3");
    const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(t, port, "127.0.0.2")));
    for (const client of clients) client.send(FLOOD);
    await Promise.all(clients.map((client) => client.closed));
    assert.match(await (await RawClient.connect(t, port, "127.0.0.2")).rest(), /^(?:HTTP\/1\.1 429 |$)/);
    assert.ok(served < 1_000, `${served} of 50,000 requests were served`);
    other.send(request("GET", "/", {}));
    assert.match(await other.head(), /^HTTP\/1\.1 200 /);
  });

  test("keeps its WebSockets", async (t) => {
    const { port } = await startServer(t, { http: () => new Response("page"), websocket: consumer(Echo) });
    const socket = await RawClient.upgrade(t, port, "/");
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(t, port)));
    for (const client of clients) client.send(FLOOD);
    await Promise.all(clients.map((client) => client.closed));
    assert.equal(socket.socket.destroyed, false);
  });

  test("is no trusted proxy", () => {
    const guard = new PipelineGuard(new AddressList(["127.0.0.1"]));
    const [proxy, stranger] = [new Socket(), new Socket()];
    assert.deepEqual([guard.add(proxy, "127.0.0.1"), guard.add(stranger, "127.0.0.2")], [true, true]);
    for (const socket of [proxy, stranger]) for (let count = 0; count < 3_000; count += 1) guard.count(socket);
    assert.deepEqual([proxy.destroyed, stranger.destroyed], [false, true]);
    assert.deepEqual([guard.add(new Socket(), "127.0.0.1"), guard.add(new Socket(), "127.0.0.2")], [true, false]);
  });
});
