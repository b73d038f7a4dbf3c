/** Makes texts that have hurt servers: marks, surrogates, invisible characters, nesting, markup, percent escapes. */
import type { Random } from "@lobby/test-support/random";

/** Characters that other code confuses, hides, normalizes, escapes or cuts. */
const CHARACTERS = [
  "a",
  "가",
  "\u1100\u1161\u11a8",
  "é",
  "e\u0301",
  "\u0301",
  "\u0316",
  "\u200b",
  "\u200d",
  "\u00ad",
  "\u2800",
  "\u3164",
  "\u202e",
  "\u2066",
  "\ufeff",
  "\ufffd",
  "\u0000",
  "\u001b[2J",
  "\u2028",
  "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
  "\ud83c\uddf0\ud83c\uddf7",
  "\u{e0041}",
  "\u{10ffff}",
  "\ud800",
  "\udc00",
  "&",
  "<script>",
  '"',
  "'",
  "\\",
  "/",
  "..",
  "%",
  "%00",
  "%c0%ae",
  "\r\n",
  "\t",
  " ",
  "__proto__",
  "о",
  "İ",
  "ﷺ",
] as const;

/** Returns a text of up to `maxLength` characters of a few kinds. */
export function nastyText(random: Random, maxLength: number): string {
  const length = random.pick([0, 1, 2, 31, 65, 500, maxLength, random.below(maxLength + 1)]);
  const kinds = Array.from({ length: 1 + random.below(4) }, () => random.pick(CHARACTERS));
  let text = random.pick(["", "a", kinds[0] ?? ""]);
  while (text.length < length) text += random.below(3) === 0 ? random.pick(kinds) : (kinds[0] ?? "").repeat(50);
  return text.slice(0, Math.max(length, 1));
}

/** Returns a text with random JSON syntax, which is often invalid. */
export function nastyJson(random: Random, maxLength: number): string {
  const text = JSON.stringify(nastyText(random, maxLength));
  switch (random.below(8)) {
    case 0:
      return random.pick(["[", '{"a":', '{"message":[', '[{"message":']).repeat(random.below(20_000));
    case 1:
      return `{"message":${random.pick(["1e999", "null", "[]", "{}", "true", "-0", "9".repeat(5_000)])}}`;
    case 2:
      return `{"message":${text},"id":${JSON.stringify(nastyText(random, 100))}}`;
    case 3:
      return `{${`"k":${text.slice(0, 50)},`.repeat(random.below(1_000))}"message":${text}}`;
    case 4:
      return text.slice(0, random.below(text.length + 1));
    case 5:
      return `{"message":"${"\\u0061\\u0301\\ud800".repeat(random.below(3_000))}"}`;
    default:
      return `{"message":${text}}`;
  }
}

/** Returns a text as a part of a path: percent-encoded, or nearly so. */
export function nastyPath(random: Random, maxLength: number): string {
  const text = nastyText(random, maxLength);
  if (random.below(4) === 0) return text.replace(/[^\x21-\x7e]/g, "x");
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

/** Returns a text as the value of a header: bytes other than line breaks. */
export function nastyHeader(random: Random, maxLength: number): string {
  return nastyText(random, maxLength).replace(/[\r\n\0]/g, " ");
}
