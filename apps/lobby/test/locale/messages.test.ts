import assert from "node:assert/strict";
import { test } from "node:test";
import { messagesIn } from "../../src/locale/messages.ts";

test("every refusal has a sentence of its own in both languages", () => {
  for (const language of ["en", "ko"] as const) {
    const sentences = Object.values(messagesIn(language).refusals);
    assert.ok(sentences.length >= 12);
    assert.equal(new Set(sentences).size, sentences.length);
    for (const sentence of sentences) assert.match(sentence, /[.요]$/);
  }
});

test("limits are said with their numbers", () => {
  for (const language of ["en", "ko"] as const) {
    const { refusals } = messagesIn(language);
    assert.match(refusals.LOBBY_ROOM_NAME_TOO_LONG, /64/);
    assert.match(refusals.LOBBY_MESSAGE_TOO_LONG, /4,000/);
    assert.match(refusals.LOBBY_NICKNAME_TOO_LONG, /32/);
  }
});

test("one message is not counted as messages", () => {
  const { index } = messagesIn("en");
  assert.equal(index.messageCount(1), "1 message");
  assert.equal(index.messageCount(1_234), "1,234 messages");
});
