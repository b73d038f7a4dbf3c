import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CommunicatorMismatchError, CommunicatorTimeoutError } from "../../src/testing/errors.ts";
import {
  consumer,
  Denial,
  InMemoryChannelLayer,
  protocolRouter,
  connections,
  stack,
  WebSocketConsumer,
  type SubjectScope,
  type WebSocketApplication,
  type WebSocketScope,
} from "@lobby/channels";
import { WebSocketCommunicator, type WebSocketCommunicatorOptions } from "@lobby/channels/testing";
import { Recorder, type Script } from "../support/recorder.ts";

/** A timeout that only frames of the same tick meet. */
const SHORT = { timeoutMs: 1 };

class Echo extends WebSocketConsumer {
  override receive(text: string): void {
    if (text === "close") this.close(4000, "as you wish");
    else this.send(text);
  }
  override receiveBinary(bytes: Uint8Array): void {
    this.send(bytes);
  }
}

async function echo(options?: WebSocketCommunicatorOptions): Promise<WebSocketCommunicator> {
  const client = new WebSocketCommunicator(consumer(Echo), "/", options);
  await client.connect();
  return client;
}

function scripted(script: Script, options?: WebSocketCommunicatorOptions): WebSocketCommunicator {
  return new WebSocketCommunicator(consumer(Recorder, [], script), "/", options);
}

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

describe("a wait that times out", () => {
  test("for a frame names the frame and the time, and leaves the application running", async () => {
    const client = await echo(SHORT);
    await assert.rejects(client.receive(), new CommunicatorTimeoutError("a frame", 1, "0 other frames had arrived"));
    client.send("still there?");
    assert.equal(await client.receive(), "still there?");
  });

  test("for a close names the close, and leaves the application running", async () => {
    const client = await echo(SHORT);
    await assert.rejects(client.receiveClose(), /^CommunicatorTimeoutError: Waited 1 ms for the connection to close/);
    client.send("close");
    assert.deepEqual(await client.receiveClose(), { code: 4000, reason: "as you wish" });
  });

  test("for the handshake names it", async () => {
    const client = scripted({ connect: () => new Promise(() => undefined) }, SHORT);
    await assert.rejects(client.connect(), /Waited 1 ms for the handshake to be answered/);
  });

  test("for middleware that never ends names the application", async () => {
    const stuck = stack(() => new Promise<object>(() => undefined))(consumer(Echo));
    await assert.rejects(
      new WebSocketCommunicator(stuck, "/", SHORT).connect(),
      /Waited 1 ms for the application to return a handler/,
    );
  });

  test("for a handler that never ends names the handlers, in every call that waits for them", async () => {
    for (const wait of ["whenIdle", "receiveNothing", "disconnect"] as const) {
      const client = scripted({ receive: () => new Promise(() => undefined) }, SHORT);
      await client.connect();
      await client.whenIdle();
      client.send("go");
      await assert.rejects(client[wait](), /Waited 1 ms for the connection's handlers to end/, wait);
    }
  });

  test("names the errors that the application reported meanwhile", async () => {
    const client = scripted(
      {
        disconnect: () => {
          throw new Error("boom");
        },
      },
      SHORT,
    );
    await client.connect();
    await client.disconnect();
    await assert.rejects(client.receive(), {
      code: "CHANNELS_COMMUNICATOR_TIMEOUT",
      message:
        'Waited 1 ms for a frame; the connection is not open: it was closed with 1000 ""; ' +
        "Recorder.disconnect: Error: boom.",
    });
  });

  test("without a call of connect names the cause", async () => {
    const client = new WebSocketCommunicator(consumer(Echo), "/", SHORT);
    await assert.rejects(
      client.receive(),
      new CommunicatorTimeoutError("a frame", 1, "the connection is not open: connect() was not called"),
    );
  });

  test("after a denial names its status and reason", async () => {
    const client = scripted({ connect: (self) => self.deny(403, "Members only.") }, SHORT);
    await client.connect();
    const denied = 'the connection is not open: it was denied with 403 "Members only."';
    await assert.rejects(client.receive(), new CommunicatorTimeoutError("a frame", 1, denied));
    await client.whenIdle();
    await assert.rejects(client.receiveClose(), new CommunicatorTimeoutError("the connection to close", 1, denied));
  });

  test("after a close names its code and reason", async () => {
    const client = await echo(SHORT);
    client.send("close");
    await client.receiveClose();
    const closed = 'the connection is not open: it was closed with 4000 "as you wish"';
    await assert.rejects(client.receive(), new CommunicatorTimeoutError("a frame", 1, closed));
  });

  test("and a wait that succeeds leave no timer that would keep the process alive", async () => {
    const before = countTimers();
    const client = await echo({ timeoutMs: 60_000 });
    client.send("hello");
    await client.receive();
    await client.receiveNothing();
    assert.equal(countTimers(), before);
  });

  test("takes no frame from later waits", async () => {
    const client = await echo(SHORT);
    await assert.rejects(client.receive(), CommunicatorTimeoutError);
    const patient = client.receive();
    client.send("for the second");
    assert.equal(await patient, "for the second");
  });
});

describe("receiving", () => {
  test("by several calls at once serves them in order", async () => {
    const client = await echo();
    const waiting = [client.receive(), client.receive(), client.receive()];
    for (const text of ["1", "2", "3"]) client.send(text);
    assert.deepEqual(await Promise.all(waiting), ["1", "2", "3"]);
  });

  test("a close instead of a frame throws, and the error names the close", async () => {
    const client = await echo();
    client.send("close");
    await assert.rejects(client.receive(), new CommunicatorMismatchError("a frame", 'close 4000 "as you wish"'));
  });

  test("a close instead of a frame or nothing throws, and the error names the reported error", async () => {
    const client = scripted({ receive: () => Promise.reject(new Error("boom")) });
    await client.connect();
    client.send("go");
    await assert.rejects(
      client.receive(),
      new CommunicatorMismatchError("a frame", 'close 1011 "Internal error"; Recorder.receive: Error: boom'),
    );
    const other = scripted({ receive: () => Promise.reject(new Error("boom")) });
    await other.connect();
    other.send("go");
    await assert.rejects(other.receiveNothing(), /"code":1011.*; Recorder\.receive: Error: boom\.$/);
  });

  test("a frame instead of a close throws, and the error names the frame", async () => {
    const client = await echo();
    client.send("hello");
    await assert.rejects(
      client.receiveClose(),
      new CommunicatorMismatchError("the connection to close", 'a frame: "hello"'),
    );
  });

  test("bytes instead of JSON throw", async () => {
    const client = await echo();
    client.send(Uint8Array.of(1));
    await assert.rejects(client.receiveJson(), new CommunicatorMismatchError("a text frame", "a binary frame"));
  });

  test("text that is not JSON throws", async () => {
    const client = await echo();
    client.send("hello");
    await assert.rejects(client.receiveJson(), new CommunicatorMismatchError("a text frame of JSON", '"hello"'));
  });

  test("an empty frame returns it", async () => {
    const client = await echo();
    client.send("");
    assert.equal(await client.receive(), "");
  });
});

/** A consumer that answers asynchronously, as after a database query. */
async function answerSlowly(self: Recorder): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await nextTurn();
  }
  self.send("slow answer");
}

describe("receiveNothing", () => {
  test("passes when nothing arrived, each time it is called", async () => {
    const client = await echo();
    await client.receiveNothing();
    await client.receiveNothing();
    client.send("hello");
    assert.equal(await client.receive(), "hello");
  });

  test("fails when a frame arrived, and names the frame", async () => {
    const client = await echo();
    client.send("hello");
    await assert.rejects(
      client.receiveNothing(),
      new CommunicatorMismatchError("nothing", '{"kind":"frame","data":"hello"}'),
    );
  });

  test("fails when the application closed, and names the close", async () => {
    const client = await echo();
    client.send("close");
    await assert.rejects(client.receiveNothing(), /got \{"kind":"close","code":4000,"reason":"as you wish"\}/);
  });

  test("waits for running handlers before it passes", async () => {
    const client = scripted({ receive: answerSlowly });
    await client.connect();
    client.send("go");
    await assert.rejects(client.receiveNothing(), /slow answer/);
  });

  test("sees a group's message of the same tick", async () => {
    const layer = new InMemoryChannelLayer();
    const client = scripted({ groups: ["room"], note: (self, text) => void self.send(text) }, { layer });
    await client.connect();
    await layer.groupSend("room", { type: "note", text: "hello" });
    await assert.rejects(client.receiveNothing(), /hello/);
  });
});

describe("a communicator", () => {
  test("throws when it sends before connect", () => {
    const client = new WebSocketCommunicator(consumer(Echo), "/");
    for (const send of [() => client.send("hello"), () => client.sendJson({})]) {
      assert.throws(send, new CommunicatorMismatchError("an open connection", "none: connect() was not called"));
    }
  });

  test("sends its headers, and the host of the test server unless they name another", async () => {
    class Headers extends WebSocketConsumer {
      override connect(): void {
        this.accept();
        this.send(JSON.stringify(["host", "origin", "missing"].map((name) => this.scope.headers.get(name))));
      }
    }
    for (const [headers, seen] of [
      [{ Origin: "null" }, ["testserver", "null", null]],
      [{ Host: "chat.example.com" }, ["chat.example.com", null, null]],
    ] as const) {
      const client = new WebSocketCommunicator(consumer(Headers), "/", { headers });
      await client.connect();
      assert.deepEqual(await client.receiveJson(), seen);
    }
  });

  test("has the address 127.0.0.1, or the address of its options", async () => {
    const denied = stack(({ client }: WebSocketScope) => new Denial(403, `${client.address} ${client.port}`));
    for (const [options, seen] of [
      [{}, "127.0.0.1 1"],
      [{ client: { address: "203.0.113.7", port: 40_000 } }, "203.0.113.7 40000"],
    ] as const) {
      const result = await new WebSocketCommunicator(denied(consumer(Echo)), "/", options).connect();
      assert.ok(!result.accepted);
      assert.equal(result.reason, seen);
    }
  });

  test("sees a denial that middleware returned", async () => {
    const denied = stack((): Denial => new Denial(401, "Who are you?"))(consumer(Echo));
    const client = new WebSocketCommunicator(denied, "/");
    const result = await client.connect();
    const [reason, body] = ["Who are you?", "Who are you?\n"];
    assert.deepEqual({ ...result, headers: 0 }, { accepted: false, status: 401, reason, headers: 0, body });
    client.send("hello?");
    await client.receiveNothing();
    await client.disconnect();
  });

  test("sees a denial that middleware threw as one that it returned", async () => {
    const denied = stack((): object => {
      throw new Denial(401, "Who are you?");
    })(consumer(Echo));
    const result = await new WebSocketCommunicator(denied, "/").connect();
    assert.ok(!result.accepted);
    assert.deepEqual([result.status, result.reason], [401, "Who are you?"]);
  });

  test("rejects connect with the application's error instead of a timeout", async () => {
    const broken = stack((): object => {
      throw new Error("store is down");
    })(consumer(Echo));
    await assert.rejects(new WebSocketCommunicator(broken, "/").connect(), /store is down/);
  });

  test("closes the handler of any application once when its client leaves", async () => {
    const closes: number[] = [];
    const application: WebSocketApplication = (socket) => ({
      open: () => socket.accept(undefined),
      receive: () => socket.close(4000, ""),
      closing: () => undefined,
      close: (code) => void closes.push(code),
      whenIdle: () => Promise.resolve(),
    });
    const client = new WebSocketCommunicator(application, "/");
    await client.connect();
    client.send("close");
    await client.receiveClose();
    await client.disconnect();
    await client.disconnect();
    assert.deepEqual(closes, [4000]);
  });

  test("of a protocolRouter uses its layer, or the layer of its options", async () => {
    const layer = new InMemoryChannelLayer();
    const script: Script = { groups: ["room"], note: (self, text) => void self.send(text) };
    const application = protocolRouter({ websocket: consumer(Recorder, [], script), layer });
    const inside = new WebSocketCommunicator(application, "/");
    const outside = new WebSocketCommunicator(application, "/", { layer: new InMemoryChannelLayer() });
    await Promise.all([inside.connect(), outside.connect()]);
    await layer.groupSend("room", { type: "note", text: "hello" });
    assert.equal(await inside.receive(), "hello");
    await outside.receiveNothing();
  });

  test("receives messages of its own layer only", async () => {
    const [mine, other] = [new InMemoryChannelLayer(), new InMemoryChannelLayer()];
    const script: Script = { groups: ["room"], note: (self, text) => void self.send(text) };
    const [one, two] = [scripted(script, { layer: mine }), scripted(script, { layer: other })];
    await Promise.all([one.connect(), two.connect()]);
    await mine.groupSend("room", { type: "note", text: "hello" });
    assert.equal(await one.receive(), "hello");
    await two.receiveNothing();
  });
});

test("a denial with a close code is a denial, and then the close that a page sees", async () => {
  class Bouncer extends WebSocketConsumer {
    override connect(): void {
      this.deny(401, "Log in first", { closeCode: 4401 });
    }
  }
  const client = new WebSocketCommunicator(consumer(Bouncer), "/", { subprotocols: ["b", "a"] });
  const result = await client.connect();
  const body = "Log in first\n";
  assert.deepEqual(
    { ...result, headers: 0 },
    { accepted: false, status: 401, reason: "Log in first", headers: 0, body, closeCode: 4401 },
  );
  assert.deepEqual(await client.receiveClose(), { code: 4401, reason: "Log in first" });
  assert.deepEqual(client.reports, []);
});

test("a refresh that denies with a close code closes the connection with this code", async () => {
  let isBanned = false;
  const guard = stack(({ subjects }: SubjectScope) =>
    isBanned ? new Denial(403, "Banned", { closeCode: 4003 }) : { subjects: [...subjects, "user:1"] },
  );
  const layer = new InMemoryChannelLayer();
  const client = new WebSocketCommunicator(guard(consumer(class extends WebSocketConsumer {})), "/", { layer });
  assert.equal((await client.connect()).accepted, true);
  isBanned = true;
  await connections(layer).refresh("user:1");
  assert.deepEqual(await client.receiveClose(), { code: 4003, reason: "Banned" });
});
