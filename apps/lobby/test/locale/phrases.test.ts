import assert from "node:assert/strict";
import { test } from "node:test";
import { phrasesIn } from "../../src/locale/languages.ts";
import { refusalSentence, type Phrases } from "../../src/locale/phrases.ts";

test("every refusal has its own sentence in both languages", () => {
  for (const language of ["en", "ko"] as const) {
    const phrases = phrasesIn(language);
    const codes = Object.keys(phrases.refusals) as (keyof Phrases["refusals"])[];
    const sentences = codes.map((code) => refusalSentence(phrases, { code, subject: "U+200B" }));
    assert.ok(sentences.length >= 12);
    assert.equal(new Set(sentences).size, sentences.length);
    for (const sentence of sentences) assert.match(sentence, /[.요]$/);
  }
});

test("the sentence about a character, a room or a reserved name contains it", () => {
  for (const language of ["en", "ko"] as const) {
    const phrases = phrasesIn(language);
    const codes = Object.keys(phrases.refusals) as (keyof Phrases["refusals"])[];
    for (const code of codes.filter((name) => typeof phrases.refusals[name] === "function")) {
      assert.ok(refusalSentence(phrases, { code, subject: "U+200B" }).includes("U+200B"), code);
    }
  }
});

test("the sentences about limits contain the numbers", () => {
  for (const language of ["en", "ko"] as const) {
    const { refusals } = phrasesIn(language);
    assert.match(refusals.LOBBY_ROOM_NAME_TOO_LONG, /64/);
    assert.match(refusals.LOBBY_MESSAGE_TOO_LONG, /4,000/);
    assert.match(refusals.LOBBY_NICKNAME_TOO_LONG, /32/);
  }
});

test("the count of one message is singular", () => {
  const { index } = phrasesIn("en");
  assert.equal(index.messageCount(1), "1 message");
  assert.equal(index.messageCount(1_234), "1,234 messages");
});

test("no phrase loads the number formats of the system, which take long", (t) => {
  const toLocaleString = t.mock.method(Number.prototype, "toLocaleString");
  const numberFormat = t.mock.method(Intl, "NumberFormat");
  for (const language of ["en", "ko"] as const) {
    const { refusals, index } = phrasesIn(language);
    assert.match(`${index.messageCount(4_000)} ${refusals.LOBBY_MESSAGE_TOO_LONG}`, /4,000.+4,000/);
  }
  assert.equal(toLocaleString.mock.callCount() + numberFormat.mock.callCount(), 0);
});
