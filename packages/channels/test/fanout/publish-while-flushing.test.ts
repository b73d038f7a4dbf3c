import assert from "node:assert/strict";
import { test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  relay,
  WebSocketConsumer,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { RecordingTransport } from "../support/recording-transport.ts";

test("what is said when a slow peer is cut, in the middle of a flush, reaches everybody else", async () => {
  class Member extends WebSocketConsumer<WebSocketScope, { said: { text: string } }> {
    static readonly events: EventTable<Member> = { said: relay(({ text }) => text) };
    override get groups(): string[] {
      return ["room"];
    }
    override connect(): void {
      this.accept();
      this.signal.addEventListener("abort", () => void this.groupSend("room", { type: "said", text: "somebody left" }));
    }
  }
  const transport = new RecordingTransport();
  const layer = new InMemoryChannelLayer();
  const application = consumer(Member);
  const sockets = [];
  for (let count = 0; count < 3; count += 1) sockets.push(await transport.open(application, layer));
  for (const { handler } of sockets) await handler.whenIdle();
  const [first, slow, last] = sockets;
  assert.ok(first !== undefined && slow !== undefined && last !== undefined);
  // What a server does when too much waits for a peer.
  slow.write = () => slow.handler.closing();

  await layer.groupSend("room", { type: "said", text: "hello" });
  transport.tick();
  await slow.handler.whenIdle();
  await Promise.resolve();
  transport.tick();
  for (const { frames } of [first, last]) assert.deepEqual(frames, ["hello", "somebody left"]);
});
