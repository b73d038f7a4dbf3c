/** The rules that the names of rooms and people share. A reader must see everything that a name contains. */
import { EMOJI } from "./emoji.ts";
import { INVISIBLE } from "./invisible.ts";
import { checkText, type TextCheck, type TextRules } from "./text.ts";

/** The rules for one kind of name. */
export interface NameRules<Code extends string> extends Omit<TextRules<Code>, "blank"> {
  readonly invisible: Code;
}

/** A name without a letter, a digit or a symbol. Marks need a base. */
const BLANK = new RegExp(String.raw`^[\s\p{M}${INVISIBLE}]*$`, "u");

const INVISIBLE_CHARACTER = new RegExp(`[${INVISIBLE}]`, "u");

/**
 * The scripts whose letters change shape around U+200C and U+200D: those with a dual-joining letter in Unicode's
 * ArabicShaping.txt, then those with a virama in its IndicSyllabicCategory.txt.
 */
const JOINING_SCRIPTS = [
  ..."Arab Syrc Nkoo Mand Mong Phag Mani Phlp Rohg Sogd Ougr Chrs Adlm".split(" "),
  ..."Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Bali Sylo Saur Java Brah Kthi Shrd Khoj Gran".split(" "),
  ..."Newa Tirh Sidd Modi Takr Dogr Nand Bhks".split(" "),
];
const JOINING = String.raw`[[\p{L}\p{M}]&&[${JOINING_SCRIPTS.map((script) => `\\p{scx=${script}}`).join("")}]]`;

/** The last letter of many Malayalam words: keyboards write it as a consonant, a virama and U+200D. */
const CHILLU = "[\u0d23\u0d28\u0d30\u0d32\u0d33\u0d15]\u0d4d";

/** The invisible characters that change what a reader sees between letters that join. */
const JOINERS = new RegExp(String.raw`(?<=${JOINING})[\u200c\u200d](?=${JOINING})|(?<=${CHILLU})\u200d`, "gv");

/**
 * Checks a name. Beyond the rules of `checkText`, it removes white space at both ends, replaces every other run of
 * spaces by one space (RFC 8266), and forbids invisible characters without a visible effect.
 */
export function checkName<Text extends string, Code extends string>(
  text: string,
  rules: NameRules<Code>,
): TextCheck<Text, Code> {
  const check = checkText<Text, Code>(text.trim(), { ...rules, blank: BLANK });
  if (!check.ok) return check;
  const value = check.value.replaceAll(/\p{Zs}+/gu, " ") as Text;
  // Few names get further, and need the list of all emoji.
  if (!INVISIBLE_CHARACTER.test(value)) return { ok: true, value };
  const character = INVISIBLE_CHARACTER.exec(value.replaceAll(EMOJI, " ").replaceAll(JOINERS, ""))?.[0];
  return character === undefined ? { ok: true, value } : { ok: false, code: rules.invisible, character };
}
