/**
 * The traps of Django Channels that only a server could inherit, by the numbers
 * they have in `packages/channels/test/django-traps.test.ts`, where the others are.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InMemoryChannelLayer } from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import { ask } from "./support/http.ts";
import { handshake, RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

describe("trap 9: an HTTP handler hears a group", () => {
  test("in an answer that streams, as long as the client stays", async (t) => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const layer = new InMemoryChannelLayer({ capacity: 1 });
    const http = async ({ signal }: Request): Promise<Response> => {
      const channel = layer.newChannel();
      await layer.groupAdd("room", channel);
      signal.addEventListener("abort", () => void channel.close().then(leave));
      const lines = new ReadableStream<string>({
        async pull(controller) {
          const { type } = await layer.receive(channel.name, { signal });
          controller.enqueue(`${type}\n`);
        },
      });
      return new Response(lines.pipeThrough(new TextEncoderStream()));
    };
    const { port } = await startServer(t, { http, layer });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    assert.match(await client.head(), /^HTTP\/1\.1 200 /, "the head comes before anything is said");
    for (const type of ["one", "two", "세 번째"]) {
      await layer.groupSend("room", { type });
      await until(() => client.text.includes(`${type}\n`), `"${type}" to arrive`);
    }
    client.socket.destroy();
    await soon(left, "the handler to be told that the client left");
    for (const type of ["a", "b", "c"]) await layer.groupSend("room", { type });
    assert.equal(layer.dropped, 0, "nobody is left in the group");
  });

  test("in an answer that waits for the next message", async (t) => {
    const layer = new InMemoryChannelLayer();
    let joined = Promise.withResolvers<void>();
    const http = async ({ signal }: Request): Promise<Response> => {
      const channel = layer.newChannel();
      await layer.groupAdd("room", channel);
      joined.resolve();
      try {
        return Response.json(await layer.receive(channel.name, { signal }));
      } finally {
        await channel.close();
      }
    };
    const { httpUrl } = await startServer(t, { http, layer });
    for (const type of ["one", "two"]) {
      joined = Promise.withResolvers();
      const answer = ask(httpUrl);
      await soon(joined.promise, "the request to be heard");
      await layer.groupSend("room", { type });
      assert.deepEqual(await (await answer).json(), { type });
    }
  });
});

test("trap 13: a handshake is given up at the very millisecond, not at the next tick of something", async (t) => {
  const asked = Promise.withResolvers<void>();
  const websocket = (): Promise<never> => {
    asked.resolve();
    return new Promise(() => undefined);
  };
  const { port, accessLog } = await startServer(t, { websocket }, { handshakeTimeoutMs: 5_000 });
  const client = await RawClient.connect(t, port);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  client.send(handshake("/"));
  await asked.promise;
  t.mock.timers.tick(4_999);
  assert.deepEqual(accessLog, []);
  t.mock.timers.tick(1);
  assert.deepEqual(
    accessLog.map(({ status }) => status),
    [503],
  );
  t.mock.timers.reset();
  assert.match(await soon(client.rest(), "the refusal"), /^HTTP\/1\.1 503 /);
});
