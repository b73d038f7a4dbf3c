import assert from "node:assert/strict";
import { test } from "node:test";
import { preferredLanguage } from "../../src/locale/languages.ts";

test("a language with or without a region is recognized", () => {
  assert.equal(preferredLanguage("ko"), "ko");
  assert.equal(preferredLanguage("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7"), "ko");
  assert.equal(preferredLanguage("en-GB,en;q=0.9"), "en");
  assert.equal(preferredLanguage("KO-kr"), "ko");
});

test("the language with the highest quality wins, and the first one of equals", () => {
  assert.equal(preferredLanguage("en;q=0.5, ko;q=0.6"), "ko");
  assert.equal(preferredLanguage("ko, en"), "ko");
  assert.equal(preferredLanguage("en, ko"), "en");
});

test("unsupported languages are ignored", () => {
  assert.equal(preferredLanguage("ja, fr;q=0.9, ko;q=0.1"), "ko");
  assert.equal(preferredLanguage("kok"), "en");
});

test("a language with quality 0 is ignored", () => {
  assert.equal(preferredLanguage("ko;q=0"), "en");
});

test("only the beginning of a very long header counts", () => {
  assert.equal(preferredLanguage(`ko;q=0.5,${",".repeat(500)}ko-KR,${",".repeat(16_000)}en`), "ko");
});

test("without a valid header, the language is English", () => {
  for (const header of [null, "", "*", ",;,=", "ko;q=much"]) assert.equal(preferredLanguage(header), "en");
});
