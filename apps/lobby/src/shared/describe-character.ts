import { codePointNotation } from "@lobby/protocol";

/** The Unicode names of characters that readers cannot see, by their code points. Every language uses these names. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, "NULL"],
  [0x09, "TAB"],
  [0x0a, "LINE FEED"],
  [0x0d, "CARRIAGE RETURN"],
  [0x1b, "ESCAPE"],
  [0x7f, "DELETE"],
  [0xad, "SOFT HYPHEN"],
  [0x034f, "COMBINING GRAPHEME JOINER"],
  [0x061c, "ARABIC LETTER MARK"],
  [0x115f, "HANGUL CHOSEONG FILLER"],
  [0x1160, "HANGUL JUNGSEONG FILLER"],
  [0x180e, "MONGOLIAN VOWEL SEPARATOR"],
  [0x200b, "ZERO WIDTH SPACE"],
  [0x200c, "ZERO WIDTH NON-JOINER"],
  [0x200d, "ZERO WIDTH JOINER"],
  [0x200e, "LEFT-TO-RIGHT MARK"],
  [0x200f, "RIGHT-TO-LEFT MARK"],
  [0x2028, "LINE SEPARATOR"],
  [0x2029, "PARAGRAPH SEPARATOR"],
  [0x202a, "LEFT-TO-RIGHT EMBEDDING"],
  [0x202b, "RIGHT-TO-LEFT EMBEDDING"],
  [0x202c, "POP DIRECTIONAL FORMATTING"],
  [0x202d, "LEFT-TO-RIGHT OVERRIDE"],
  [0x202e, "RIGHT-TO-LEFT OVERRIDE"],
  [0x2060, "WORD JOINER"],
  [0x2061, "FUNCTION APPLICATION"],
  [0x2062, "INVISIBLE TIMES"],
  [0x2063, "INVISIBLE SEPARATOR"],
  [0x2064, "INVISIBLE PLUS"],
  [0x2066, "LEFT-TO-RIGHT ISOLATE"],
  [0x2067, "RIGHT-TO-LEFT ISOLATE"],
  [0x2068, "FIRST STRONG ISOLATE"],
  [0x2069, "POP DIRECTIONAL ISOLATE"],
  [0x2800, "BRAILLE PATTERN BLANK"],
  [0x3164, "HANGUL FILLER"],
  [0xfeff, "ZERO WIDTH NO-BREAK SPACE"],
  [0xffa0, "HALFWIDTH HANGUL FILLER"],
  [0xfffc, "OBJECT REPLACEMENT CHARACTER"],
  [0x13441, "EGYPTIAN HIEROGLYPH FULL BLANK"],
  [0x13442, "EGYPTIAN HIEROGLYPH HALF BLANK"],
  [0x1d159, "MUSICAL SYMBOL NULL NOTEHEAD"],
]);

/** Ranges whose characters share a name. */
const RANGES: readonly (readonly [first: number, last: number, name: string])[] = [
  [0xfe00, 0xfe0f, "VARIATION SELECTOR"],
  [0xe000, 0xf8ff, "PRIVATE USE"],
  [0xe0000, 0xe007f, "TAG"],
  [0xe0100, 0xe01ef, "VARIATION SELECTOR"],
  [0xf0000, 0x10ffff, "PRIVATE USE"],
];

/** A character with a shape of its own. */
const VISIBLE = /^[\p{L}\p{N}\p{P}\p{S}]$/u;

/** Describes a character to the person who typed it, such as `U+200B ZERO WIDTH SPACE` or `"/" (U+002F)`. */
export function describeCharacter(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const notation = codePointNotation(character);
  const name = NAMES.get(codePoint) ?? RANGES.find(([first, last]) => first <= codePoint && codePoint <= last)?.[2];
  if (name !== undefined) return `${notation} ${name}`;
  return VISIBLE.test(character) ? `"${character}" (${notation})` : notation;
}
