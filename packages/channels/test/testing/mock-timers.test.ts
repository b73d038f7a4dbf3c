/** A test that mocks the timers of its code does not stop the communicator's timers. */
import assert from "node:assert/strict";
import { beforeEach, test, type TestContext } from "node:test";
import { consumer, WebSocketConsumer } from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";

/** A consumer that answers a minute later. */
class Patient extends WebSocketConsumer {
  override receive(text: string): void {
    setTimeout(() => this.send(text), 60_000);
  }
}

beforeEach((t) => (t as TestContext).mock.timers.enable());

test("a communicator works while the timers of node:test are mocked", async (t) => {
  const client = new WebSocketCommunicator(consumer(Patient), "/");
  await client.connect();
  client.send("hello");
  await client.receiveNothing();
  t.mock.timers.tick(60_000);
  assert.equal(await client.receive(), "hello");
  await client.disconnect();
});

test("a wait times out while the timers of node:test are mocked", async () => {
  const client = new WebSocketCommunicator(consumer(Patient), "/", { timeoutMs: 1 });
  await client.connect();
  client.send("hello");
  await assert.rejects(client.receive(), { code: "CHANNELS_COMMUNICATOR_TIMEOUT" });
});
