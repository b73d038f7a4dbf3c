import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { soon, until } from "@lobby/test-support/waiting";
import { connectionKey, deliveredBytes, readSendQueues } from "../src/kernel-queues.ts";

/** Opens a connection through an address. Returns the server's end and the client's end. */
async function open(t: TestContext, listenHost: string, host: string): Promise<{ near: Socket; far: Socket }> {
  const server = createServer();
  t.after(() => server.close());
  await once(server.listen(0, listenHost), "listening");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const far = connect((server.address() as AddressInfo).port, host);
  const [near] = await soon(accepted, "a connection");
  t.after(() => {
    near.destroy();
    far.destroy();
  });
  return { near, far };
}

async function queuedBytes(socket: Socket): Promise<number> {
  return (await readSendQueues()).get(connectionKey(socket) ?? "") ?? 0;
}

for (const [what, listenHost, host] of [
  ["IPv4", "127.0.0.1", "127.0.0.1"],
  ["IPv6", "::1", "::1"],
  ["IPv4 on a socket for IPv6", "::", "127.0.0.1"],
] as const) {
  test(
    `the bytes that a client with ${what} has not received are in the table, and count as delivered later`,
    { skip: process.platform !== "linux" },
    async (t) => {
      const { near, far } = await open(t, listenHost, host);
      far.pause();
      assert.equal(await queuedBytes(near), 0);
      near.write(Buffer.alloc(1_500_000));
      await until(async () => (await queuedBytes(near)) > 100_000, "bytes to wait in the kernel");
      const before = deliveredBytes(near, await queuedBytes(near));
      assert.ok(before < 1_400_000, `${before} bytes count as delivered`);
      far.resume();
      await until(async () => deliveredBytes(near, await queuedBytes(near)) === 1_500_000, "all bytes to be delivered");
    },
  );
}

test("a connection over a unix socket has no key", async (t) => {
  const server = createServer();
  t.after(() => server.close());
  const path = `\0channels-node-${process.pid}`;
  await once(server.listen(path), "listening");
  const client = connect(path);
  t.after(() => client.destroy());
  await soon(once(client, "connect"), "a connection");
  assert.equal(connectionKey(client), undefined);
});
