/** Event streams that are not opened, and what their clients and consumers hear of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  route,
  stack,
  urlRouter,
  type ConsumerContext,
  type DroppedMessage,
  type WebSocketScope,
} from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { eventsOf } from "@lobby/channels/testing";
import { EventStreamClient } from "../support/event-stream-client.ts";
import { Recorder } from "../support/recorder.ts";
import { recording } from "../support/recording-stream.ts";

describe("an event stream that is not opened", () => {
  test("is answered with the consumer's status and reason, and never disconnects", async () => {
    const { log, application } = recording({ connect: (self) => self.deny(404, "No such room.") });
    const client = new EventStreamClient(application);
    const response = await client.ask();
    assert.deepEqual([response.status, await response.text()], [404, "No such room.\n"]);
    await client.server.whenIdle();
    assert.deepEqual(log, ["connect"]);
  });

  test("has no events, which a test that asks for them is told", async () => {
    const { application } = recording({ connect: (self) => self.deny(404, "No such room.") });
    const response = await new EventStreamClient(application).ask();
    assert.throws(() => eventsOf(response), {
      code: "CHANNELS_COMMUNICATOR_MISMATCH",
      message: 'Expected an event stream, got status 404 and the type "text/plain".',
    });
    const page = new Response("<p>", { headers: { "Content-Type": "text/html; charset=utf-8" } });
    assert.throws(() => eventsOf(page), /got status 200 and the type "text\/html"\.$/);
  });

  test("is opened and closed at once when the denial has a close code", async () => {
    const { log, application } = recording({ connect: (self) => self.deny(404, "No such room.", { closeCode: 4404 }) });
    const client = new EventStreamClient(application);
    const response = await client.ask();
    assert.equal(response.status, 200);
    const events = await Array.fromAsync(eventsOf(response));
    assert.deepEqual(
      events.map(({ type }) => type),
      ["connection", "close"],
    );
    assert.deepEqual(JSON.parse(events[1]?.data ?? ""), { code: 4404, reason: "No such room." });
    await client.server.whenIdle();
    assert.deepEqual(log, ["connect"]);
  });

  test("is answered with what middleware or a router says instead", async () => {
    const inner = urlRouter([route("/elsewhere/", consumer(Recorder, []))]);
    assert.equal((await new EventStreamClient(eventStream(inner)).ask()).status, 404);
    const failing = stack((): object => {
      throw new Error("no database");
    })(consumer(Recorder, []));
    const client = new EventStreamClient(eventStream(failing));
    assert.equal((await client.ask()).status, 500);
    assert.deepEqual(
      client.server.reports.map(({ operation, error }) => [operation, String(error)]),
      [["open /sse/", "Error: no database"]],
    );
  });

  test("is answered with 500 when connect throws, which is reported", async () => {
    const { log, application } = recording({
      connect() {
        throw new Error("boom");
      },
    });
    const client = new EventStreamClient(application);
    assert.equal((await client.ask()).status, 500);
    assert.deepEqual(
      client.server.reports.map(({ source, operation }) => [source, operation]),
      [["Recorder", "connect"]],
    );
    await client.server.whenIdle();
    assert.deepEqual(log, ["connect", "disconnect 1011 Internal error"]);
  });

  test("is answered with 503 when the consumer takes too long", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { promise: isConnecting, resolve } = Promise.withResolvers<void>();
    const { application } = recording({
      connect() {
        resolve();
        return new Promise(() => undefined);
      },
    });
    const answer = new EventStreamClient(application).ask();
    await isConnecting;
    t.mock.timers.tick(5_000);
    assert.equal((await answer).status, 503);
  });

  test("ends for a consumer that is made too late, before it connects", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const made: Recorder[] = [];
    class Late extends Recorder {
      constructor(context: ConsumerContext<WebSocketScope>) {
        super(context, []);
        made.push(this);
        this.signal.addEventListener("abort", () => aborted());
      }
    }
    const { promise: whenAborted, resolve: aborted } = Promise.withResolvers<void>();
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: isWaiting, resolve: wait } = Promise.withResolvers<void>();
    const slow = stack(async () => {
      wait();
      await mayGoOn;
      return {};
    });
    const drops: DroppedMessage[] = [];
    const layer = new InMemoryChannelLayer({ onDrop: (drop) => drops.push(drop) });
    const answer = new EventStreamClient(eventStream(slow(consumer(Late))), { layer }).ask();
    await isWaiting;
    t.mock.timers.tick(5_000);
    assert.equal((await answer).status, 503);
    goOn();
    await whenAborted;
    await layer.send(made[0]?.channelName ?? "", { type: "note" });
    assert.deepEqual(drops, [{ reason: "closed", messageType: "note", group: undefined }]);
    assert.deepEqual(made[0]?.log, []);
  });

  test("is of no other method", async () => {
    const response = await new EventStreamClient(recording().application).request("PUT", {}, "x");
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, POST, DELETE"]);
  });

  test("was not asked for as one: a link, an image", async () => {
    const client = new EventStreamClient(recording().application);
    for (const accept of ["text/html,*/*;q=0.8", "image/avif,*/*;q=0.8", "*/*"]) {
      assert.equal((await client.ask({ Accept: accept })).status, 406);
    }
  });
});
