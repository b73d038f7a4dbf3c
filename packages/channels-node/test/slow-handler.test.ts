/** A handler that takes the body of its request slowly. The clock of these tests is stopped. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import { until } from "@lobby/test-support/waiting";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

mock.timers.enable({ apis: ["setInterval"] });

const LOOK_MS = 500;
const BYTES = 3_000_000;

test("a body that its handler takes slowly stays whole after the answer has begun, and an unread one is dropped", async (t) => {
  const serverEnds = watchServerSockets(t);
  const { port } = await startServer(
    t,
    {
      http({ url, body }) {
        const reader = body?.getReader();
        const take = async (answer: ReadableStreamDefaultController): Promise<void> => {
          for (let bytes = 0; ;) {
            const piece = await reader?.read();
            if (piece?.done !== false) break;
            bytes += piece.value.length;
            answer.enqueue(Buffer.from(`<${bytes}>`));
            // The server looks between two pieces, and any wait is too long for it.
            mock.timers.tick(LOOK_MS);
            await nextIteration();
          }
        };
        const start = (answer: ReadableStreamDefaultController): void => {
          if (url.endsWith("/taken")) void take(answer);
          else answer.enqueue(Buffer.from("begun"));
        };
        return Promise.resolve(new Response(new ReadableStream({ start })));
      },
    },
    { maxBodyBytes: 50_000_000, requestTimeoutMs: 1 },
  );
  const patient = await RawClient.connect(t, port);
  patient.send(post("/taken"));
  await until(() => patient.text.includes(`<${BYTES}>`), "the whole body");

  const unread = await RawClient.connect(t, port);
  unread.send(post("/unread"));
  await until(() => serverEnds[1]?.isPaused() === true, "the server to stop reading");
  await until(() => {
    mock.timers.tick(LOOK_MS);
    return (serverEnds[1]?.bytesRead ?? 0) > BYTES;
  }, "the server to drop the body");
  assert.equal(serverEnds.length, 2);
});

function post(path: string): string {
  return request("POST", path, { "Content-Length": `${BYTES}` }) + "x".repeat(BYTES);
}
