/** What a client of an event stream sends: who may, what, how much at once, and by way of which server. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
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
import { recording } from "../support/recording-stream.ts";

/** An identity of the application's own. */
const guests = stack(({ headers, subjects }: HttpScope) => ({
  subjects: [...subjects, `guest:${headers.get("x-guest")}`],
}));

/** A consumer whose handlers end when a test says so. */
function busy(): { log: string[]; application: HttpApplication; finish: () => void } {
  const ends: (() => void)[] = [];
  const { log, application } = recording({ receive: () => new Promise<void>((resolve) => void ends.push(resolve)) });
  return { log, application, finish: () => ends.shift()?.() };
}

describe("a frame that is posted", () => {
  test("names a connection that there is", async () => {
    const { application } = recording();
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
      [400, "Name the connection in the header Connection-Id.\n"],
    );
    client.leave();
  });

  test("goes to the address at which the connection was opened", async () => {
    const { log, application } = recording();
    const client = await EventStreamClient.open(application, { path: "/sse/a/" });
    const elsewhere = client.peer({ path: "/sse/b/" });
    assert.equal(await elsewhere.send("hello"), 404);
    assert.deepEqual(log, ["connect"]);
    client.leave();
  });

  test("has a type that says what it is, and text is UTF-8", async () => {
    const { log, application } = recording();
    const client = await EventStreamClient.open(application);
    for (const type of ["application/x-www-form-urlencoded", "multipart/form-data", "text/html", ""]) {
      assert.equal(await client.send("a=1", { "Content-Type": type }), 415, type);
    }
    assert.equal(await client.send(Uint8Array.of(0xff), { "Content-Type": "text/plain" }), 400);
    assert.equal(await client.send("\ufeffhello", { "Content-Type": "Text/Plain; charset=UTF-8" }), 204);
    assert.deepEqual(log, ["connect", "receive \ufeffhello"]);
    client.leave();
  });

  test("is no larger than it may be, and is not read any further", async () => {
    const { log, application } = recording({}, { maxPayloadBytes: 5 });
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
    assert.equal(pulls, 1, "what a stream asks for by itself");
    assert.deepEqual(log, ["connect", "receive hello"]);
    client.leave();
  });
});

describe("a frame of somebody else", () => {
  const store = new InMemorySessionStore();
  store.create("anna", { userId: "1" }, 60);
  store.create("ben", { userId: "2" }, 60);
  store.create("guest", {}, 60);
  const auth = authStack({ sessions: { store }, users: { loadUser: (id) => id } });

  test("is refused when another user is logged in, or nobody", async () => {
    const { log, application } = recording();
    const http = auth(application);
    const anna = await EventStreamClient.open(http, { headers: { Cookie: "sessionid=anna" } });
    for (const cookie of ["sessionid=ben", "sessionid=guest", "sessionid=unknown", ""]) {
      const other = anna.peer({ headers: { Cookie: cookie } });
      assert.equal(await other.send("I am Anna"), 403, cookie);
      assert.equal(await other.close(), 403, cookie);
    }
    assert.equal(await anna.send("I am"), 204);
    assert.deepEqual(log, ["connect", "receive I am"]);
    anna.leave();
  });

  test("is refused when middleware of the application says that it is another's", async () => {
    const { log, application } = recording();
    const http = guests(application);
    const mina = await EventStreamClient.open(http, { headers: { "X-Guest": "mina" } });
    assert.equal(await mina.peer({ headers: { "X-Guest": "jun" } }).send("I am Mina"), 403);
    assert.equal(await mina.send("I am"), 204);
    assert.deepEqual(log, ["connect", "receive I am"]);
    mina.leave();
  });

  test("is nobody's when nobody in particular opened the connection: who has the id, is the one", async () => {
    const { log, application } = recording();
    const http = auth(application);
    const somebody = await EventStreamClient.open(http);
    assert.equal(await somebody.peer({ headers: { Cookie: "sessionid=anna" } }).send("logged in meanwhile"), 204);
    assert.deepEqual(log, ["connect", "receive logged in meanwhile"]);
    somebody.leave();
  });
});

describe("frames for a consumer that is busy", () => {
  test("wait in line, and are answered in their order when there is room", async () => {
    const { log, application, finish } = busy();
    const client = await EventStreamClient.open(application);
    // One runs and sixteen wait, which is all that the consumer takes.
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

  test("are refused when the line is long, or has not moved for two seconds; none of them is handled", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { log, application, finish } = busy();
    const client = await EventStreamClient.open(application);
    for (let number = 0; number <= 16; number += 1) await client.send("taken");
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
    assert.deepEqual(new Set(log), new Set(["connect", "receive taken", "end of receive taken"]));
    assert.equal(await client.send("after"), 204);
    client.leave();
  });

  test("find the connection gone when it ends meanwhile", async () => {
    const { application } = busy();
    const client = await EventStreamClient.open(application);
    for (let number = 0; number <= 16; number += 1) await client.send("taken");
    const waiting = client.send("late");
    await nextTurn();
    assert.equal(await client.close(), 204);
    assert.equal(await waiting, 404);
  });
});

describe("a frame that reaches another server", () => {
  test("is led to the one that has the connection, with its answer back", async () => {
    const { log, application } = recording();
    const client = await EventStreamClient.open(guests(application), { headers: { "X-Guest": "mina" } });
    const server = new TestServerContext();
    const there = client.peer({ server });
    assert.equal(await there.send("안녕"), 204);
    assert.equal(await client.peer({ server, headers: { "X-Guest": "jun" } }).send("not me"), 403);
    assert.equal(await client.peer({ server, headers: {} }).send("not me"), 403);
    assert.equal(await client.peer({ server, path: "/other/" }).send("not here"), 404);
    assert.deepEqual(log, ["connect", "receive 안녕"]);
    assert.equal(await there.close(), 204);
    assert.deepEqual(await client.closed(), { code: 1005, reason: "" });
    assert.equal(await there.send("gone"), 404);
  });

  test("may be text or bytes, and empty", async () => {
    const frames: (string | Uint8Array)[] = [];
    class Frames extends WebSocketConsumer {
      override receiveFrame(frame: string | Uint8Array): void {
        frames.push(frame);
      }
    }
    const client = await EventStreamClient.open(eventStream(consumer(Frames)));
    const other = client.peer({ server: new TestServerContext() });
    const sent = ["", "로비", new Uint8Array(), Uint8Array.of(0, 128, 255)];
    for (const frame of sent) assert.equal(await other.send(frame), 204);
    assert.deepEqual(frames, sent);
    client.leave();
  });

  test("arrives, although its connection's server could not be reached by others at first", async () => {
    class LateLayer extends InMemoryChannelLayer {
      isReachable = false;
      override async groupAdd(group: string, channel: Channel): Promise<void> {
        if (!this.isReachable) throw new Error("no backend");
        await super.groupAdd(group, channel);
      }
    }
    const { application } = recording();
    const layer = new LateLayer();
    const client = new EventStreamClient(application, { layer });
    await assert.rejects(client.ask(), /no backend/);
    layer.isReachable = true;
    await client.open();
    assert.equal(await client.peer({ server: new TestServerContext() }).send("hello"), 204);
    client.leave();
  });

  test("is not known to have arrived when that server does not answer; and reaches no channel of its name", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { application } = recording();
    const client = new EventStreamClient(application);
    const name = crypto.randomUUID();
    client.id = `${name}.${crypto.randomUUID()}`;
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

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
