/** Word that the client has left, which handlers may wait for long after nobody else holds on to their request. */
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { soon } from "../../../test/support/waiting.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("a handler that keeps only the signal of its request is told that the client has left", () => {
  for (const [when, sendHead] of [
    ["while its answer goes on", true],
    ["before it has answered", false],
  ] as const) {
    for (const [how, head] of [
      ["a request", request("GET", "/")],
      ["a request whose body announces no length", request("POST", "/", { "Transfer-Encoding": "chunked" })],
    ] as const) {
      test(`${when}, after ${how}`, async (t) => {
        const asked = Promise.withResolvers<void>();
        const left = Promise.withResolvers<void>();
        const { port } = await startServer(t, {
          http({ signal }) {
            signal.addEventListener("abort", () => left.resolve());
            asked.resolve();
            if (sendHead) return new Response(new ReadableStream());
            return left.promise.then(() => new Response(""));
          },
        });
        const client = await RawClient.connect(t, port);
        client.send(head);
        await soon(asked.promise, "the request");
        if (sendHead) await client.head();
        // What is only weakly held goes when the turn is over that last looked at it.
        for (let turn = 0; turn < 10; turn += 1) {
          await nextTurn();
          collectGarbage();
        }
        client.socket.destroy();
        await soon(left.promise, "the handler to be told");
      });
    }
  }
});
