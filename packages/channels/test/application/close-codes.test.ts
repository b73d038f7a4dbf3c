import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer } from "@lobby/channels";
import { InvalidCloseError } from "../../src/errors.ts";
import type { Awaitable } from "../../src/internal/promise.ts";
import { checkClose } from "@lobby/channels/server";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder } from "../support/recorder.ts";

const legal = new Set([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]);
for (let code = 3000; code < 5000; code += 1) legal.add(code);

test("checkClose accepts exactly the close codes that an endpoint may send", () => {
  for (let code = -1; code <= 70_000; code += 1) {
    if (legal.has(code)) checkClose(code, "");
    else assert.throws(() => checkClose(code, ""), InvalidCloseError, `${code}`);
  }
});

for (const code of [1000.5, Number.NaN, Number.POSITIVE_INFINITY, 3000.1]) {
  test(`checkClose refuses the code ${code}`, () => {
    assert.throws(() => checkClose(code, ""), InvalidCloseError);
  });
}

for (const [reason, bytes] of [
  ["a".repeat(124), 124],
  ["로".repeat(42), 126],
  ["😀".repeat(31), 124],
] as const) {
  test(`checkClose refuses a reason of ${bytes} bytes of UTF-8`, () => {
    assert.throws(
      () => checkClose(1000, reason),
      new InvalidCloseError(`Expected a close reason of at most 123 bytes, got ${bytes}.`),
    );
  });
}

test("checkClose accepts a reason of 123 bytes of UTF-8", () => {
  for (const reason of ["a".repeat(123), "로".repeat(41), ""]) checkClose(1000, reason);
});

/** Connects to a consumer that runs `receive` for each frame. */
async function open(
  receive: (self: Recorder) => Awaitable<void>,
): Promise<{ log: string[]; client: WebSocketCommunicator }> {
  const log: string[] = [];
  const client = new WebSocketCommunicator(consumer(Recorder, log, { receive }), "/");
  await client.connect();
  return { log, client };
}

describe("a consumer that closes", () => {
  for (const [code, reason] of [
    [1000, ""],
    [1001, "moving"],
    [1008, "정책 위반"],
    [1012, "back in a moment"],
    [3000, "mine"],
    [4999, "a".repeat(123)],
  ] as const) {
    test(`with ${code} "${reason.slice(0, 20)}" reaches the client with both`, async () => {
      const { log, client } = await open((self) => self.close(code, reason));
      client.send("go");
      assert.deepEqual(await client.receiveClose(), { code, reason });
      await client.whenIdle();
      assert.equal(log.at(-1), `disconnect ${code} ${reason}`.trim());
    });
  }

  test("without a code closes with 1000", async () => {
    const { client } = await open((self) => self.close());
    client.send("go");
    assert.deepEqual(await client.receiveClose(), { code: 1000, reason: "" });
  });

  test("with an invalid code or reason throws, and the client receives 1011", async () => {
    for (const [code, reason] of [
      [1005, ""],
      [1006, ""],
      [999, ""],
      [1000, "a".repeat(124)],
    ] as const) {
      const { client } = await open((self) => self.close(code, reason));
      client.send("go");
      assert.equal((await client.receiveClose()).code, 1011);
      assert.ok(client.reports[0]?.error instanceof InvalidCloseError);
    }
  });

  test("throws for an invalid code before accept as well", async () => {
    const client = new WebSocketCommunicator(consumer(Recorder, [], { connect: (self) => self.close(1006) }), "/");
    const result = await client.connect();
    assert.equal(result.accepted || result.status, 500);
    assert.ok(client.reports[0]?.error instanceof InvalidCloseError);
  });

  test("sends its earlier frames, then the close, then nothing", async () => {
    const sent: boolean[] = [];
    const { client } = await open((self) => {
      sent.push(self.send("before"));
      self.close();
      sent.push(self.send("after"));
    });
    client.send("go");
    assert.equal(await client.receive(), "before");
    assert.equal((await client.receiveClose()).code, 1000);
    await client.receiveNothing();
    assert.deepEqual(sent, [true, false]);
  });

  test("may close again, even in disconnect, and the client receives the first close", async () => {
    const log: string[] = [];
    const closing = consumer(Recorder, log, {
      receive: (self) => (self.close(4001), self.close(4002)),
      disconnect: (self) => self.close(4003),
    });
    const client = new WebSocketCommunicator(closing, "/");
    await client.connect();
    client.send("go");
    assert.equal((await client.receiveClose()).code, 4001);
    await client.receiveNothing();
    assert.deepEqual(client.reports, []);
  });

  test("handles no frame that waited after the one on which it closed", async () => {
    const gate = Promise.withResolvers<void>();
    const { log, client } = await open((self) => gate.promise.then(() => self.close(4000)));
    client.send("a");
    client.send("b");
    gate.resolve();
    await client.receiveClose();
    await client.whenIdle();
    assert.deepEqual(log, ["connect", "receive a", "end of receive a", "disconnect 4000"]);
  });
});
