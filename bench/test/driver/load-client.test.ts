import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Client } from "../../src/driver/load-client.ts";
import { Traffic } from "../../src/driver/traffic.ts";
import { wireProtocols } from "../../src/driver/wire-protocol.ts";

const UPGRADED = Buffer.from("HTTP/1.1 101 Switching Protocols\r\n\r\n");
const PING = Buffer.from("\x89\x02hi", "latin1");
const CLOSE = Buffer.of(0x88, 2, 0x03, 0xf5);
const PONG_FIRST_BYTE = 0x8a;

const traffic = new Traffic(wireProtocols.plain, "room", 64);
const messages = (first: number, count: number): Buffer => Buffer.concat([...traffic.expected(first, count)]);

describe("A client of the driver", () => {
  for (const chunkBytes of [1, 2, 65, 66, 67, 1_000, 100_000]) {
    test(`counts all messages, with a ping between them, in chunks of ${chunkBytes} bytes`, async () => {
      const period = traffic.periodBytes / traffic.incomingFrameBytes;
      const count = chunkBytes < 60 ? 20 : period + 20;
      const parts = [UPGRADED, messages(0, 10), PING, messages(10, count - 10)];
      const { client, answers, faults } = await receive(Buffer.concat(parts), chunkBytes);
      assert.equal(client.received, count);
      assert.deepEqual(faults, ["Alice: the server closed the connection with 1013"]);
      assert.equal(answers.readUInt8(0), PONG_FIRST_BYTE);
    });
  }

  const faultyStreams: Record<string, Buffer> = {
    "a message twice": Buffer.concat([messages(0, 5), messages(4, 5)]),
    "a gap": Buffer.concat([messages(0, 5), messages(6, 5)]),
    "two messages in the wrong order": Buffer.concat([messages(0, 5), messages(6, 1), messages(5, 1)]),
    "a damaged message": Buffer.concat([messages(0, 5), Buffer.from(messages(5, 1)).fill("x", 30, 31)]),
  };
  for (const [title, bytes] of Object.entries(faultyStreams)) {
    test(`reports a fault when it receives ${title}`, async () => {
      const { client, faults } = await receive(Buffer.concat([UPGRADED, bytes]), 100);
      assert.equal(client.received, 5);
      assert.match(faults[0] ?? "", /^Alice: expected message 5, got "0000000/);
    });
  }
});

/** Sends bytes to a client in chunks, and closes the connection once the client has answered or failed. */
async function receive(bytes: Buffer, chunkBytes: number) {
  const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const faults: string[] = [];
  const client = new Client({
    name: "Alice",
    port: (server.address() as AddressInfo).port,
    localAddress: "127.0.0.1",
    protocol: wireProtocols.plain,
    room: "room",
    traffic,
    onMessages: () => undefined,
    onFault: ({ message }) => faults.push(message),
  });
  const [socket] = (await once(server, "connection")) as [Socket];
  await once(socket, "data");
  const answers: Buffer[] = [];
  socket.on("data", (answer) => answers.push(answer));
  socket.on("error", () => socket.destroy());
  for (let at = 0; at < bytes.length && !socket.destroyed; at += chunkBytes) {
    socket.write(bytes.subarray(at, at + chunkBytes));
    await nextTurn();
  }
  while (answers.length === 0 && faults.length === 0) await nextTurn();
  socket.write(CLOSE);
  await client.closed;
  server.close();
  socket.destroy();
  return { client, faults, answers: Buffer.concat(answers) };
}
