import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FrameData } from "@lobby/channels";
import { eventsOf } from "@lobby/channels/testing";
import { closeEvent, connectionEvent, eventStreamFrames } from "../../src/event-stream/frames.ts";

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

describe("a frame as an event", () => {
  for (const [what, data, event] of [
    ["text", "hello", "data: hello\n\n"],
    ["empty text", "", "data: \n\n"],
    ["text that begins with a space, which the format would remove", " hello", "data:  hello\n\n"],
    ["text with line breaks of every kind", "a\nb\r\nc\rd\n", "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"],
    ["text that looks like fields", "x\n\nevent: close\nid: 7", "data: x\ndata: \ndata: event: close\ndata: id: 7\n\n"],
    ["Korean and emoji", "안녕 🙂", "data: 안녕 🙂\n\n"],
    ["bytes", Uint8Array.of(0, 255, 10), "event: binary\ndata: AP8K\n\n"],
    ["no bytes", new Uint8Array(), "event: binary\ndata: \n\n"],
  ] satisfies [string, FrameData, string][]) {
    test(`encodes ${what}`, () => {
      assert.equal(text(eventStreamFrames.encode(data)), event);
      const batch = eventStreamFrames.batch();
      batch.append("before");
      batch.append(data);
      batch.append("after");
      assert.equal(text(batch.slice(1, 2)), event);
      assert.equal(text(batch.slice(0, 3)), `data: before\n\n${event}data: after\n\n`);
      batch.drop(1);
      assert.equal(text(batch.slice(0, 2)), `${event}data: after\n\n`);
    });
  }

  test("encodes 300,000 bytes", async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
    const frame = eventStreamFrames.encode(bytes) as Uint8Array<ArrayBuffer>;
    const response = new Response(frame, { headers: { "Content-Type": "text/event-stream" } });
    const [event] = await Array.fromAsync(eventsOf(response));
    assert.equal(event?.type, "binary");
    assert.deepEqual(Buffer.from(event?.data ?? "", "base64"), Buffer.from(bytes));
  });

  test("joins with other events", () => {
    const pieces = ["a", "b", "c"].map((data) => eventStreamFrames.encode(data));
    assert.equal(text(eventStreamFrames.join(pieces)), "data: a\n\ndata: b\n\ndata: c\n\n");
  });
});

test("the first event has the connection's id and a random time before the client reconnects", () => {
  const times = Array.from({ length: 100 }, () => {
    const [, retryMs, id] =
      /^retry: (\d+)\nevent: connection\ndata: {"id":"(.+)"}\n\n$/.exec(text(connectionEvent("a.b"))) ?? [];
    assert.equal(id, "a.b");
    return Number(retryMs);
  });
  assert.ok(Math.min(...times) >= 1_000 && Math.max(...times) < 5_000);
  assert.ok(new Set(times).size > 50);
});

test("the last event has the close code and the reason on one line", () => {
  const event = 'event: close\ndata: {"code":4000,"reason":"line\\nbreak"}\n\n';
  assert.equal(text(closeEvent(4000, "line\nbreak")), event);
});
