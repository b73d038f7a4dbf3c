import assert from "node:assert/strict";
import { test } from "node:test";
import { describeCharacter } from "../../src/shared/describe-character.ts";

test("a character that nobody can see is described by its code point, and by its name when it is a usual one", () => {
  for (const [character, description] of [
    ["\u200b", "U+200B ZERO WIDTH SPACE"],
    ["\n", "U+000A LINE FEED"],
    ["\u2800", "U+2800 BRAILLE PATTERN BLANK"],
    ["\ufe0f", "U+FE0F VARIATION SELECTOR"],
    ["\u{e0041}", "U+E0041 TAG"],
    ["\uf8ff", "U+F8FF PRIVATE USE"],
    ["\u{1d159}", "U+1D159 MUSICAL SYMBOL NULL NOTEHEAD"],
    ["\u0301", "U+0301"],
    ["\u0007", "U+0007"],
  ] as const) {
    assert.equal(describeCharacter(character), description);
  }
});

test("a character that everybody can see is shown, with its code point", () => {
  assert.equal(describeCharacter("/"), '"/" (U+002F)');
  assert.equal(describeCharacter("👋"), '"👋" (U+1F44B)');
});
