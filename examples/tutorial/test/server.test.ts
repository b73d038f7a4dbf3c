import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ChatClient } from "./chat-client.ts";

describe("The tutorial's server", () => {
  let server: ChildProcess;
  let index: string;

  before(async () => {
    const main = fileURLToPath(new URL("../mysite/server.ts", import.meta.url));
    const child = spawn(process.execPath, ["--conditions=source", main], {
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    server = child;
    const signal = AbortSignal.timeout(20_000);
    const [line] = (await once(createInterface(child.stdout), "line", { signal })) as [string];
    index = /^The chat is at (http:\/\/127\.0\.0\.1:\d+\/chat\/)$/.exec(line)?.[1] ?? assert.fail(line);
  });

  after(async () => {
    server.kill();
    await once(server, "exit");
  });

  function enter(room: string): Promise<ChatClient> {
    const { host } = new URL(index);
    return ChatClient.open(`ws://${host}/ws/chat/${room}/`);
  }

  test("serves both pages at the printed address, on the port in `PORT`", async () => {
    assert.notEqual(new URL(index).port, "8000");
    const pages = await Promise.all([fetch(index), fetch(`${index}lobby/`)]);
    assert.deepEqual(
      pages.map(({ status }) => status),
      [200, 200],
    );
    assert.match(await (pages[1] ?? assert.fail()).text(), /var roomName = "lobby";/);
  });

  test("delivers the messages of two visitors to both, and not to another room", async () => {
    const [anna, ben, carl] = await Promise.all([enter("room_1"), enter("room_1"), enter("room_2")]);

    anna.say("hello");
    assert.deepEqual([await anna.next(), await ben.next()], [{ message: "hello" }, { message: "hello" }]);
    ben.say("hi");
    assert.deepEqual([await anna.next(), await ben.next()], [{ message: "hi" }, { message: "hi" }]);
    // The first message that carl receives is his own, so he received none of the other room.
    carl.say("world");
    assert.deepEqual(await carl.next(), { message: "world" });

    await Promise.all([anna, ben, carl].map((client) => client.close()));
  });

  test("accepts a Korean room name as text and escaped, for the same room", async () => {
    const [anna, ben] = await Promise.all([enter("로비"), enter(encodeURIComponent("로비"))]);

    anna.say("안녕하세요");
    assert.deepEqual([await anna.next(), await ben.next()], [{ message: "안녕하세요" }, { message: "안녕하세요" }]);

    await Promise.all([anna.close(), ben.close()]);
  });

  test("answers 400 for a room whose name is too long for a group", async () => {
    const handshake = request(new URL(`/ws/chat/${"x".repeat(600)}/`, index), {
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      },
    });
    handshake.end();
    const [response] = (await once(handshake, "response")) as [IncomingMessage];
    assert.equal(response.statusCode, 400);
    response.resume();
  });

  test("answers a malformed message with an error and keeps the connection open", async () => {
    const anna = await enter("lobby");

    anna.send("nonsense");
    assert.deepEqual(await anna.next(), { error: { code: "CHANNELS_INVALID_JSON", message: "Send valid JSON." } });
    anna.say("still here");
    assert.deepEqual(await anna.next(), { message: "still here" });

    await anna.close();
  });
});
