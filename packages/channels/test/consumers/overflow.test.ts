import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { consumer, Denial, InMemoryChannelLayer, WebSocketConsumer, type EventTable } from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder } from "../support/recorder.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

interface Events {
  said: { readonly text: string };
}

test("the server denies an opening connection with too many frames with 503, and its disconnect runs", async () => {
  const gate = Promise.withResolvers<void>();
  const disconnects: number[] = [];
  class Slow extends WebSocketConsumer<WebSocketConsumer["scope"], Events> {
    static readonly events: EventTable<Slow> = { said: { relay: ({ text }) => text } };
    override get groups(): string[] {
      return ["all"];
    }
    override async connect(): Promise<void> {
      await gate.promise;
      this.accept();
    }
    override disconnect(code: number): void {
      disconnects.push(code);
    }
  }
  await using layer = new InMemoryChannelLayer({ capacity: 3 });
  const client = new WebSocketCommunicator(consumer(Slow), "/", { layer });
  const connecting = client.connect();
  // The groups are joined in a microtask; after that, each message becomes one frame.
  for (let n = 0; n < 50; n += 1) await layer.groupSend("all", { type: "said", text: String(n) });
  const answer = await connecting;
  assert.deepEqual([answer.accepted, !answer.accepted && answer.status], [false, 503]);
  gate.resolve();
  await client.whenIdle();
  assert.deepEqual(disconnects, [1013]);
  assert.deepEqual(client.reports, []);
});

/** Sends 100 bytes, the limit of the test, and one more. */
function fill(self: Recorder): void {
  for (let count = 0; count < 2; count += 1) self.send("x".repeat(50));
  assert.equal(self.bufferedBytes, 100);
  assert.equal(self.send("x"), false);
}

test("the server denies an opening connection with too many bytes", async () => {
  await using layer = new InMemoryChannelLayer();
  const transport = new RecordingTransport(undefined, 100);
  const never = new Promise<void>(() => undefined);
  const socket = await transport.open(consumer(Recorder, [], { connect: (self) => (fill(self), never) }), layer);
  const denials = mock.method(socket, "deny").mock;
  await setImmediate();
  assert.equal(denials.callCount(), 1);
});

test("a denial refuses malformed headers", () => {
  for (const headers of [{ "Bad Name": "x" }, { Good: "line\nbreak" }]) {
    assert.throws(() => new Denial(429, "no", { headers }), { code: "CHANNELS_CONFIGURATION" });
  }
});

test("a denial refuses a status that is not an error", () => {
  for (const status of [200, 399, 600, 403.5, Number.NaN]) {
    assert.throws(() => new Denial(status, "no"), { code: "CHANNELS_CONFIGURATION" });
  }
  assert.equal(new Denial(400, "no").status, 400);
  for (const closeCode of [1006, 999, 2000, 5000]) {
    assert.throws(() => new Denial(400, "no", { closeCode }), { code: "CHANNELS_INVALID_CLOSE" });
  }
  assert.throws(() => new Denial(400, "가".repeat(42), { closeCode: 4400 }), { code: "CHANNELS_INVALID_CLOSE" });
  assert.deepEqual([new Denial().status, new Denial().body], [403, "The request was refused.\n"]);
});
