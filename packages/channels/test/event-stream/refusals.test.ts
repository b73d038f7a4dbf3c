/** Event streams that are refused: the responses of their clients and the hooks of their consumers. */
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
} from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { eventsOf } from "@lobby/channels/testing";
import { EventStreamClient } from "../support/event-stream-client.ts";
import { Recorder } from "../support/recorder.ts";
import { recordedStream } from "../support/recording-stream.ts";

describe("a refused event stream", () => {
  test("is answered with the consumer's status and reason, and runs no disconnect", async () => {
    const { log, application } = recordedStream({ connect: (self) => self.deny(404, "No such room.") });
    const client = new EventStreamClient(application);
    const response = await client.ask();
    assert.deepEqual([response.status, await response.text()], [404, "No such room.\n"]);
    await client.server.whenIdle();
    assert.deepEqual(log, ["connect"]);
  });

  test("makes `eventsOf` throw", async () => {
    const { application } = recordedStream({ connect: (self) => self.deny(404, "No such room.") });
    const response = await new EventStreamClient(application).ask();
    assert.throws(() => eventsOf(response), {
      code: "CHANNELS_COMMUNICATOR_MISMATCH",
      message: 'Expected an event stream, got status 404 and the type "text/plain".',
    });
    const page = new Response("<p>", { headers: { "Content-Type": "text/html; charset=utf-8" } });
    assert.throws(() => eventsOf(page), /got status 200 and the type "text\/html"\.$/);
  });

  test("opens and closes at once when the denial has a close code", async () => {
    const { log, application } = recordedStream({
      connect: (self) => self.deny(404, "No such room.", { closeCode: 4404 }),
    });
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

  test("is answered with the denial or the failure of middleware or a router", async () => {
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

  test("is answered with 500 when connect throws, and the error is reported", async () => {
    const { log, application } = recordedStream({
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

  test("is answered with 503 when connect takes too long", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { promise: isConnecting, resolve } = Promise.withResolvers<void>();
    const { application } = recordedStream({
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

  test("ends a consumer that is constructed too late, before its connect", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const constructed: Recorder[] = [];
    class Late extends Recorder {
      constructor(context: ConsumerContext) {
        super(context, []);
        constructed.push(this);
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
    await layer.send(constructed[0]?.channelName ?? "", { type: "note" });
    assert.deepEqual(drops, [{ reason: "closed", messageType: "note", group: undefined }]);
    assert.deepEqual(constructed[0]?.log, []);
  });

  test("is answered with 405 for any other method", async () => {
    const response = await new EventStreamClient(recordedStream().application).request("PUT", {}, "x");
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, POST, DELETE"]);
  });

  test("is answered with 406 for a request of a page or an image", async () => {
    const client = new EventStreamClient(recordedStream().application);
    for (const accept of ["text/html,*/*;q=0.8", "image/avif,*/*;q=0.8", "*/*"]) {
      assert.equal((await client.ask({ Accept: accept })).status, 406);
    }
  });
});
