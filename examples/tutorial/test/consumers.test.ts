import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { application } from "../mysite/application.ts";

describe("The chat consumer", () => {
  const open: WebSocketCommunicator[] = [];

  afterEach(async () => {
    for (const visitor of open.splice(0)) await visitor.disconnect();
  });

  async function enter(room: string): Promise<WebSocketCommunicator> {
    const path = `/ws/chat/${encodeURIComponent(room)}/`;
    const visitor = new WebSocketCommunicator(application.websocket, path, { layer: application.layer });
    open.push(visitor);
    const { accepted } = await visitor.connect();
    assert.ok(accepted);
    return visitor;
  }

  test("sends a message to every member of the room, with the sender", async () => {
    const anna = await enter("lobby");
    const ben = await enter("lobby");

    anna.sendJson({ message: "hello" });

    assert.deepEqual(await anna.receiveJson(), { message: "hello" });
    assert.deepEqual(await ben.receiveJson(), { message: "hello" });
  });

  test("sends no message to another room", async () => {
    const anna = await enter("room_1");
    const carl = await enter("room_2");

    anna.sendJson({ message: "hello" });
    await anna.receiveJson();

    await carl.receiveNothing();
  });

  for (const room of ["로비", "🙂", "two words", "a-b", "50% / half", 'quote"s', "</script>"]) {
    test(`serves a room with the name ${room}`, async () => {
      const anna = await enter(room);
      const ben = await enter(room);

      anna.sendJson({ message: "안녕" });

      assert.deepEqual(await ben.receiveJson(), { message: "안녕" });
    });
  }

  for (const frame of ["nonsense", "", "null", "5", "[]", "{}", '{"message": 5}', new Uint8Array([1])]) {
    test(`answers ${JSON.stringify(frame)} with an error and keeps the connection open`, async () => {
      const anna = await enter("lobby");
      const ben = await enter("lobby");

      anna.send(frame);

      const { error } = (await anna.receiveJson()) as { error: { code: string; message: string } };
      assert.match(error.code, /^CHANNELS_/);
      assert.match(error.message, /\.$/);
      await ben.receiveNothing();
      anna.sendJson({ message: "still here" });
      assert.deepEqual(await anna.receiveJson(), { message: "still here" });
    });
  }

  test("is only at the address of a room", async () => {
    for (const path of ["/ws/chat/lobby", "/ws/chat/", "/ws/chat/lobby/more/"]) {
      const visitor = new WebSocketCommunicator(application.websocket, path);
      const answer = await visitor.connect();
      assert.equal(answer.accepted ? 101 : answer.status, 404, path);
    }
  });
});
