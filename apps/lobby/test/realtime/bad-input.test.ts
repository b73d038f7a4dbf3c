import assert from "node:assert/strict";
import { after, test } from "node:test";
import { phrasesIn } from "../../src/locale/languages.ts";
import { refusalSentence } from "../../src/locale/phrases.ts";
import { sendHandshake } from "../support/send-handshake.ts";
import { PlainClient } from "../support/plain-client.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { soon } from "@lobby/test-support/waiting";

const lobby = await startTestLobby({ after });

const BAD_FRAMES = [
  ["{", "CHANNELS_INVALID_JSON"],
  ["", "CHANNELS_INVALID_JSON"],
  ["hello", "CHANNELS_INVALID_JSON"],
  ['{"message": "a"} {"message": "b"}', "CHANNELS_INVALID_JSON"],
  ["{}", "CHANNELS_INVALID_INPUT"],
  ["null", "CHANNELS_INVALID_INPUT"],
  ['"hello"', "CHANNELS_INVALID_INPUT"],
  ['[{"message": "hello"}]', "CHANNELS_INVALID_INPUT"],
  ['{"Message": "hello"}', "CHANNELS_INVALID_INPUT"],
  ['{"message": 1}', "CHANNELS_INVALID_INPUT"],
  ['{"message": null}', "CHANNELS_INVALID_INPUT"],
  ['{"message": ["hello"]}', "CHANNELS_INVALID_INPUT"],
  ['{"__proto__": {"message": "hello"}}', "CHANNELS_INVALID_INPUT"],
  ['{"message": "hello", "id": ""}', "CHANNELS_INVALID_INPUT"],
  ['{"message": "hello", "id": 7}', "CHANNELS_INVALID_INPUT"],
  ['{"message": "hello", "id": null}', "CHANNELS_INVALID_INPUT"],
  [JSON.stringify({ message: "hello", id: "x".repeat(65) }), "CHANNELS_INVALID_INPUT"],
  ['{"message": ""}', "LOBBY_MESSAGE_EMPTY"],
  ['{"message": " \\n\\t\\u3000"}', "LOBBY_MESSAGE_EMPTY"],
  ['{"message": "\\u2800\\u3164 \\u200b"}', "LOBBY_MESSAGE_EMPTY"],
  ['{"message": "a\\u0000b"}', "LOBBY_MESSAGE_CHARACTERS", "U+0000 NULL"],
  ['{"message": "\\u001b[31mred"}', "LOBBY_MESSAGE_CHARACTERS", "U+001B ESCAPE"],
  [JSON.stringify({ message: `a${"\u0301".repeat(4_000)}` }), "LOBBY_MESSAGE_MARKS", "U+0301"],
  [JSON.stringify({ message: `a${"\u0301".repeat(32_700)}${"\u0316".repeat(32_000)}` }), "LOBBY_MESSAGE_TOO_LONG"],
  [JSON.stringify({ message: "a".repeat(4_001) }), "LOBBY_MESSAGE_TOO_LONG"],
  [JSON.stringify({ message: "👋".repeat(4_001) }), "LOBBY_MESSAGE_TOO_LONG"],
  [new TextEncoder().encode('{"message": "hello"}'), "CHANNELS_TEXT_EXPECTED"],
  [new Uint8Array(0), "CHANNELS_TEXT_EXPECTED"],
] as const;

for (const language of ["en", "ko"] as const) {
  test(`an invalid frame gets an error in the client's language, and no other client receives anything (${language})`, async (t) => {
    const url = `${lobby.wsOrigin}/ws/chat/${language}/`;
    const mina = await PlainClient.open(t, url, { "accept-language": language });
    const jun = await PlainClient.open(t, url);
    for (const [frame, code, subject] of BAD_FRAMES) {
      mina.send(frame);
      const message = refusalSentence(phrasesIn(language), { code, subject });
      assert.deepEqual(await mina.next(), { error: { code, message } }, String(frame).slice(0, 40));
    }
    mina.say("still here");
    const { message, seq } = await jun.next();
    assert.deepEqual([message, seq], ["still here", 1]);
    assert.equal((await mina.next()).seq, 1);
  });
}

test("a frame above the limit closes only its own connection, with 1009", async (t) => {
  const url = `${lobby.wsOrigin}/ws/chat/large/`;
  const [mina, jun] = [await PlainClient.open(t, url), await PlainClient.open(t, url)];
  mina.send("x".repeat(131_072));
  assert.equal((await mina.next()).error?.code, "CHANNELS_INVALID_JSON");
  mina.send("x".repeat(131_073));
  assert.equal((await mina.ended()).code, 1009);
  jun.say("still here");
  assert.equal((await jun.next()).seq, 1);
});

test("a text frame that is not UTF-8 closes its connection with 1007", async () => {
  const { socket } = await sendHandshake(lobby.origin, "/ws/chat/lobby/");
  assert.ok(socket);
  const answered = new Promise<Buffer>((resolve) => socket.once("data", resolve));
  // A text frame of two bytes with a mask of zeros.
  socket.write(Buffer.of(0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28));
  const frame = await soon(answered, "a close frame");
  socket.destroy();
  assert.deepEqual([frame[0], frame.readUInt16BE(2)], [0x88, 1007]);
});

test("when the database fails, the author hears that nothing was stored, and the log gets one line for all refusals", async (t) => {
  const broken = await startTestLobby(t, "--limits", "off");
  const url = `${broken.wsOrigin}/ws/chat/lobby/`;
  const [mina, jun] = [await PlainClient.open(t, url), await PlainClient.open(t, url)];
  broken.sql("ALTER TABLE entries RENAME TO elsewhere");
  for (let count = 0; count < 20; count += 1) {
    mina.say("refused");
    assert.equal((await mina.next()).error?.code, "LOBBY_NOT_STORED");
  }
  broken.sql("ALTER TABLE elsewhere RENAME TO entries");
  jun.say("still here");
  const { message, seq } = await jun.next();
  assert.deepEqual([message, seq], ["still here", 1]);
  assert.deepEqual(
    broken.errors().map(({ msg, err }) => [msg, err]),
    [
      [
        'Cannot write to the room "lobby". Another program has changed the tables of the database. Stop Lobby, and restore the data folder from a backup.',
        undefined,
      ],
    ],
  );
});
