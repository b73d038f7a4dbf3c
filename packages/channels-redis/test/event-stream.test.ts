/** Event streams on two servers: a frame may reach the one that does not have its connection. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  consumer,
  relay,
  WebSocketConsumer,
  type ChannelLayer,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { eventsOf, requestApplication, type ServerSentEvent } from "@lobby/channels/testing";
import { RedisServer } from "./support/redis-server.ts";

class Chat extends WebSocketConsumer<WebSocketScope, { said: { text: string } }> {
  static readonly events: EventTable<Chat> = { said: relay(({ text }) => text) };
  override get groups(): readonly string[] {
    return ["로비"];
  }
  override receive(text: string): Promise<void> {
    return this.groupSend("로비", { type: "said", text });
  }
  override receiveBinary(bytes: Uint8Array): void {
    this.send(bytes);
  }
}

const application = eventStream(consumer(Chat));

/** Opens a connection on one of them; leaving is aborting. */
async function open(
  layer: ChannelLayer,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly events: AsyncGenerator<ServerSentEvent, void> }> {
  const headers = { Accept: "text/event-stream" };
  const events = eventsOf(await requestApplication(application, "/sse/", { layer, headers, signal }));
  const { value } = await events.next();
  return { id: (JSON.parse(value?.data ?? "") as { readonly id: string }).id, events };
}

async function post(layer: ChannelLayer, id: string, body: string | Uint8Array<ArrayBuffer>): Promise<number> {
  const type = typeof body === "string" ? "text/plain" : "application/octet-stream";
  const headers = { "Connection-Id": id, "Content-Type": type };
  return (await requestApplication(application, "/sse/", { layer, method: "POST", headers, body })).status;
}

describe("An event stream on two servers", () => {
  let redis: RedisServer;
  let here: ChannelLayer;
  let there: ChannelLayer;

  before(async () => {
    redis = await RedisServer.start();
    [here, there] = await Promise.all([
      RedisChannelLayer.connect({ url: redis.url }),
      RedisChannelLayer.connect({ url: redis.url }),
    ]);
  });
  after(async () => {
    await Promise.all([here.close(), there.close()]);
    await redis.stop();
  });

  test("takes frames from either, in order, and everybody hears them", async () => {
    const leaving = new AbortController();
    const anna = await open(here, leaving.signal);
    const ben = await open(there, leaving.signal);
    for (let number = 0; number < 200; number += 1) {
      assert.equal(await post(number % 2 === 0 ? here : there, anna.id, `안녕 ${number}`), 204);
    }
    for (let number = 0; number < 200; number += 1) {
      for (const { events } of [anna, ben]) {
        assert.deepEqual((await events.next()).value, { type: "message", data: `안녕 ${number}` });
      }
    }
    assert.equal(await post(there, anna.id, Uint8Array.of(0, 1, 255)), 204);
    assert.deepEqual((await anna.events.next()).value, { type: "binary", data: "AAH/" });
    leaving.abort();
  });

  test("says 404 only when neither has the connection", async () => {
    const leaving = new AbortController();
    const anna = await open(here, leaving.signal);
    const headers = { "Connection-Id": anna.id };
    const closed = await requestApplication(application, "/sse/", { layer: there, method: "DELETE", headers });
    assert.equal(closed.status, 204);
    assert.equal((await anna.events.next()).value?.type, "close");
    assert.deepEqual([await post(here, anna.id, "gone"), await post(there, anna.id, "gone")], [404, 404]);
    leaving.abort();
  });
});
