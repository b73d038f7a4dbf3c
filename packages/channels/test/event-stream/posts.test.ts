/** Frames that clients of event streams post: their senders, types and sizes, backpressure, other servers. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  authStack,
  consumer,
  InMemoryChannelLayer,
  InMemorySessionStore,
  stack,
  WebSocketConsumer,
  type Channel,
  type HttpApplication,
  type HttpScope,
} from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { EventStreamClient, TestServerContext } from "../support/event-stream-client.ts";
import { recordedStream } from "../support/recording-stream.ts";

/** Adds a subject of the application's own kind. */
const guests = stack(({ headers, subjects }: HttpScope) => ({
  subjects: [...subjects, `guest:${headers.get("x-guest")}`],
}));

/** Makes a consumer whose handlers end at `finish`. */
function busy(): { log: string[]; application: HttpApplication; finish: () => void } {
  const ends: (() => void)[] = [];
  const { log, application } = recordedStream({
    receive: () => new Promise<void>((resolve) => void ends.push(resolve)),
  });
  return { log, application, finish: () => ends.shift()?.() };
}

describe("a posted frame", () => {
  test("names an open connection", async () => {
    const { application } = recordedStream();
    const client = await EventStreamClient.open(application);
    const { id } = client;
    const [server = "", key = ""] = id.split(".");
    for (const wrong of ["", "rubbish", `${server}.`, `${server}.${crypto.randomUUID()}`, `${id}x`, key]) {
      client.id = wrong;
      assert.equal(await client.send("hello"), 404, wrong);
      assert.equal(await client.close(), 404, wrong);
    }
    const nameless = await client.request("POST", { "Content-Type": "text/plain" }, "hello");
    assert.deepEqual(
      [nameless.status, await nameless.text()],
      [400, "Put the connection id into the header Connection-Id.\n"],
    );
    client.leave();
  });

  test("is accepted only at the address at which the connection was opened", async () => {
    const { log, application } = recordedStream();
    const client = await EventStreamClient.open(application, { path: "/sse/a/" });
    const elsewhere = client.withSameId({ path: "/sse/b/" });
    assert.equal(await elsewhere.send("hello"), 404);
    assert.deepEqual(log, ["connect"]);
    client.leave();
  });

  test("has a content type of text or bytes, and its text is UTF-8", async () => {
    const { log, application } = recordedStream();
    const client = await EventStreamClient.open(application);
    for (const type of ["application/x-www-form-urlencoded", "multipart/form-data", "text/html", ""]) {
      assert.equal(await client.send("a=1", { "Content-Type": type }), 415, type);
    }
    assert.equal(await client.send(Uint8Array.of(0xff), { "Content-Type": "text/plain" }), 400);
    assert.equal(await client.send("\ufeffhello", { "Content-Type": "Text/Plain; charset=UTF-8" }), 204);
    assert.deepEqual(log, ["connect", "receive \ufeffhello"]);
    client.leave();
  });

  test("is refused beyond its limit, without reading the rest", async () => {
    const { log, application } = recordedStream({}, { maxPayloadBytes: 5 });
    const client = await EventStreamClient.open(application);
    assert.equal(await client.send("안녕"), 413);
    assert.equal(await client.send("hello"), 204);
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls += 1;
        controller.enqueue(new Uint8Array(4));
      },
    });
    const headers = { "Connection-Id": client.id, "Content-Type": "application/octet-stream" };
    assert.equal((await client.request("POST", headers, body)).status, 413);
    assert.ok(pulls < 10, `${pulls} pieces were read`);
    pulls = 0;
    const announced = { ...headers, "Content-Length": "6" };
    assert.equal(
      (await client.request("POST", announced, new ReadableStream({ pull: () => void (pulls += 1) }))).status,
      413,
    );
    assert.equal(pulls, 1, "a stream pulls once when it is created");
    assert.deepEqual(log, ["connect", "receive hello"]);
    client.leave();
  });
});

describe("a frame of another visitor", () => {
  const store = new InMemorySessionStore();
  store.create("anna", { userId: "1" }, 60);
  store.create("ben", { userId: "2" }, 60);
  store.create("guest", {}, 60);
  const auth = authStack({ sessions: { store }, users: { loadUser: (id) => id } });

  test("is refused when another user, or none, is logged in", async () => {
    const { log, application } = recordedStream();
    const http = auth(application);
    const anna = await EventStreamClient.open(http, { headers: { Cookie: "sessionid=anna" } });
    for (const cookie of ["sessionid=ben", "sessionid=guest", "sessionid=unknown", ""]) {
      const other = anna.withSameId({ headers: { Cookie: cookie } });
      assert.equal(await other.send("I am Anna"), 403, cookie);
      assert.equal(await other.close(), 403, cookie);
    }
    assert.equal(await anna.send("I am"), 204);
    assert.deepEqual(log, ["connect", "receive I am"]);
    anna.leave();
  });

  test("is refused when the application's middleware gives it another subject", async () => {
    const { log, application } = recordedStream();
    const http = guests(application);
    const mina = await EventStreamClient.open(http, { headers: { "X-Guest": "mina" } });
    assert.equal(await mina.withSameId({ headers: { "X-Guest": "jun" } }).send("I am Mina"), 403);
    assert.equal(await mina.send("I am"), 204);
    assert.deepEqual(log, ["connect", "receive I am"]);
    mina.leave();
  });

  test("is accepted by its connection id alone when the connection has no subject", async () => {
    const { log, application } = recordedStream();
    const http = auth(application);
    const visitor = await EventStreamClient.open(http);
    assert.equal(await visitor.withSameId({ headers: { Cookie: "sessionid=anna" } }).send("logged in meanwhile"), 204);
    assert.deepEqual(log, ["connect", "receive logged in meanwhile"]);
    visitor.leave();
  });
});

describe("frames for a busy consumer", () => {
  test("wait, and are answered in order as room frees up", async () => {
    const { log, application, finish } = busy();
    const client = await EventStreamClient.open(application);
    // One handler runs and sixteen frames wait: the consumer's limit.
    for (let number = 0; number <= 16; number += 1) assert.equal(await client.send(String(number)), 204);
    const answered: number[] = [];
    const late = [17, 18, 19].map(async (number) => {
      assert.equal(await client.send(String(number)), 204);
      answered.push(number);
    });
    await nextTurn();
    for (const expected of [[], [17], [17, 18], [17, 18, 19]]) {
      assert.deepEqual(answered, expected);
      finish();
      await nextTurn();
    }
    await Promise.all(late);
    while (!log.includes("end of receive 19")) {
      finish();
      await nextTurn();
    }
    const received = log.filter((line) => line.startsWith("receive")).map((line) => Number(line.split(" ")[1]));
    assert.deepEqual(
      received,
      Array.from({ length: 20 }, (_, number) => number),
    );
    client.leave();
  });

  test("are refused with 503 when too many wait, or after two seconds without progress, and are not handled", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { log, application, finish } = busy();
    const client = await EventStreamClient.open(application);
    for (let number = 0; number <= 16; number += 1) await client.send("accepted");
    const waiting = Array.from({ length: 16 }, () => client.send("late"));
    await nextTurn();
    assert.equal(await client.send("one too many"), 503);
    t.mock.timers.tick(2_000);
    assert.deepEqual(
      await Promise.all(waiting),
      Array.from({ length: 16 }, () => 503),
    );
    for (let number = 0; number <= 16; number += 1) {
      finish();
      await nextTurn();
    }
    assert.deepEqual(new Set(log), new Set(["connect", "receive accepted", "end of receive accepted"]));
    assert.equal(await client.send("after"), 204);
    client.leave();
  });

  test("are refused with 503 when 64 KiB wait", async () => {
    const { application, finish } = busy();
    const client = await EventStreamClient.open(application);
    // The first one runs. The second one fills the consumer's queue, so the others wait for the queue.
    const large = "x".repeat(65_536);
    for (let number = 0; number < 2; number += 1) assert.equal(await client.send(large), 204);
    const waiting = client.send(large);
    await nextTurn();
    assert.equal(await client.send("small"), 503);
    finish();
    assert.equal(await waiting, 204);
    client.leave();
  });

  test("are answered with 404 when the connection ends meanwhile", async () => {
    const { application } = busy();
    const client = await EventStreamClient.open(application);
    for (let number = 0; number <= 16; number += 1) await client.send("accepted");
    const waiting = client.send("late");
    await nextTurn();
    assert.equal(await client.close(), 204);
    assert.equal(await waiting, 404);
  });
});

describe("a frame that reaches another server", () => {
  test("is forwarded to the server of the connection, and its answer is returned", async () => {
    const { log, application } = recordedStream();
    const client = await EventStreamClient.open(guests(application), { headers: { "X-Guest": "mina" } });
    const server = new TestServerContext();
    const there = client.withSameId({ server });
    assert.equal(await there.send("안녕"), 204);
    assert.equal(await client.withSameId({ server, headers: { "X-Guest": "jun" } }).send("not me"), 403);
    assert.equal(await client.withSameId({ server, headers: {} }).send("not me"), 403);
    assert.equal(await client.withSameId({ server, path: "/other/" }).send("not here"), 404);
    assert.deepEqual(log, ["connect", "receive 안녕"]);
    assert.equal(await there.close(), 204);
    assert.deepEqual(await client.closed(), { code: 1005, reason: "" });
    assert.equal(await there.send("gone"), 404);
  });

  test("may be text or bytes, and empty", async () => {
    const frames: (string | Uint8Array)[] = [];
    class Frames extends WebSocketConsumer {
      override receive(text: string): void {
        frames.push(text);
      }
      override receiveBinary(bytes: Uint8Array): void {
        frames.push(bytes);
      }
    }
    const client = await EventStreamClient.open(eventStream(consumer(Frames)));
    const other = client.withSameId({ server: new TestServerContext() });
    const sent = ["", "로비", new Uint8Array(), Uint8Array.of(0, 128, 255)];
    for (const frame of sent) assert.equal(await other.send(frame), 204);
    assert.deepEqual(frames, sent);
    client.leave();
  });

  test("arrives after its server failed to register with the layer once", async () => {
    class LateLayer extends InMemoryChannelLayer {
      isReachable = false;
      override async groupAdd(group: string, channel: Channel): Promise<void> {
        if (!this.isReachable) throw new Error("no backend");
        await super.groupAdd(group, channel);
      }
    }
    const { application } = recordedStream();
    const layer = new LateLayer();
    const client = new EventStreamClient(application, { layer });
    await assert.rejects(client.ask(), /no backend/);
    layer.isReachable = true;
    await client.open();
    assert.equal(await client.withSameId({ server: new TestServerContext() }).send("hello"), 204);
    client.leave();
  });

  test("is answered with 504 when that server does not answer, and reaches no named channel", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { application } = recordedStream();
    const client = new EventStreamClient(application);
    const name = crypto.randomUUID();
    client.id = `${name}.${crypto.randomUUID()}`;
    assert.equal(await earlyPost(t, client), 404);
    await client.layer.groupSend("event-stream.nodes", { type: "event-stream.hello", from: name });
    const { signal, abort } = abortable();
    const worker = client.layer.receive(name, { signal });
    const answer = client.send("hello");
    await nextTurn();
    t.mock.timers.tick(5_000);
    assert.equal(await answer, 504);
    abort();
    await assert.rejects(worker, { name: "AbortError" });
  });
});

describe("a connection id with an invented server", () => {
  test("is answered with 404 at once, and the body is not read, when the server has served for a second", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { application } = recordedStream();
    const client = await EventStreamClient.open(application);
    t.mock.timers.tick(1_000);
    let pulls = 0;
    const body = new ReadableStream({ pull: () => void (pulls += 1) }, { highWaterMark: 0 });
    const headers = {
      "Connection-Id": `${crypto.randomUUID()}.${crypto.randomUUID()}`,
      "Content-Type": "application/octet-stream",
    };
    assert.equal((await client.request("POST", headers, body)).status, 404);
    assert.equal((await client.request("DELETE", headers)).status, 404);
    assert.equal(pulls, 0);
    client.leave();
  });

  test("does not hide a server that started earlier or later", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { application } = recordedStream();
    const first = await EventStreamClient.open(application);
    t.mock.timers.tick(1_000);
    const server = new TestServerContext();
    const second = await EventStreamClient.open(application, { layer: first.layer, server });
    t.mock.timers.tick(1_000);
    assert.equal(await first.withSameId({ server }).send("to the first"), 204);
    assert.equal(await second.withSameId({ server: first.server }).send("to the second"), 204);
    first.leave();
    second.leave();
  });
});

/** Posts to a server that nobody knows, and ends the first second of the client's server. */
async function earlyPost(t: TestContext, client: EventStreamClient): Promise<number> {
  const answer = client.send("hello");
  await nextTurn();
  t.mock.timers.tick(1_000);
  return answer;
}

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
