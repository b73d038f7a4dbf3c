/** Bodies in tiny pieces, which must not cost the server more than the same bytes in one piece. */
import assert from "node:assert/strict";
import { Socket } from "node:net";
import { describe, test } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import { MergedMessage } from "../src/merged-message.ts";
import { collectGarbage } from "@lobby/test-support/garbage";
import { until } from "@lobby/test-support/waiting";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

const BYTES = 50_000;
const CHUNKS = "1\r\nx\r\n".repeat(BYTES);
const HEAD = request("POST", "/", { "Transfer-Encoding": "chunked", Connection: "close" });

describe("A body in chunks of one byte", () => {
  test("reaches the handler whole and in few pieces", async (t) => {
    const http = async ({ body }: Request): Promise<Response> => {
      const pieces = await Array.fromAsync(body ?? []);
      return Response.json([Buffer.concat(pieces).toString() === "x".repeat(BYTES), pieces.length]);
    };
    const { port } = await startServer(t, { http });
    const client = await RawClient.connect(t, port);
    client.send(`${HEAD}${CHUNKS}0\r\n\r\n`);
    const [, isWhole, pieces] = /\[(\w+),(\d+)\]/.exec(await client.rest()) ?? [];
    assert.equal(isWhole, "true");
    assert.ok(Number(pieces) < BYTES / 100, `${pieces} pieces`);
  });

  test("that no handler reads takes less than 300 KB of memory", async (t) => {
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(t, { http: () => new Promise<Response>(() => undefined) });
    const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.connect(t, port)));
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    for (const client of clients) client.send(`${HEAD}${CHUNKS}`);
    await until(() => serverEnds.every(({ bytesRead }) => bytesRead > 200_000), "the bodies to arrive");
    await nextIteration();
    collectGarbage();
    const after = process.memoryUsage();
    const bytes = (after.heapUsed + after.external - heapUsed - external) / clients.length;
    assert.ok(bytes < 300_000, `${bytes} bytes for each connection`);
  });
});

test("After 1,000 small pieces, further ones wait for a kibibyte or the end", async () => {
  const message = new MergedMessage(new Socket());
  const sizes: number[] = [];
  message.on("data", (piece: Buffer) => sizes.push(piece.length));
  for (let count = 0; count < 3_100; count += 1) {
    message.push(Buffer.from("x"));
    await nextIteration();
  }
  message.push(null);
  await nextIteration();
  assert.deepEqual(sizes, [...Array.from({ length: 1_000 }, () => 1), 1_024, 1_024, 52]);
});
