/** The rules that all texts of people share. Every text that a stranger sends passes `checkText`. */
import { MAX_MARKS_IN_A_ROW } from "./limits.ts";

/** The result of a check: the normalized text, or the first broken rule. */
export type TextCheck<Text extends string, Code extends string> =
  | { readonly ok: true; readonly value: Text }
  | TextBreach<Code>;

/** The first rule that a text breaks. */
export interface TextBreach<Code extends string> {
  readonly ok: false;
  readonly code: Code;
  /** The character that breaks the rule. Absent when the rule is about the whole text. */
  readonly character?: string;
  /** The number of code points above the limit. Only a text that is too long has it. */
  readonly excess?: number;
}

/** The rules for one kind of text, each with the code that reports a breach. */
export interface TextRules<Code extends string> {
  readonly maxCodePoints: number;
  readonly tooLong: Code;
  readonly marks: Code;
  /** Matches a whole text that shows nothing. */
  readonly blank: RegExp;
  readonly empty: Code;
  /** Matches a character that the text must not have. */
  readonly forbidden: RegExp;
  readonly characters: Code;
}

/**
 * The most UTF-16 units from which NFC makes one code point. A canonical decomposition has up to 4 code points (U+1F82),
 * and a code point has up to 2 units. In today's Unicode, no character needs more than 6 (U+16D6A).
 */
const MAX_UNITS_PER_CODE_POINT = 8;

/** Matches a run with too many marks, and captures the first mark above the limit. Reads each run once. */
const TOO_MANY_MARKS = new RegExp(String.raw`(?<!\p{M})\p{M}{${MAX_MARKS_IN_A_ROW}}(\p{M})`, "u");

/**
 * Checks a text and normalizes it: to NFC, with U+FFFD in place of each unpaired surrogate.
 *
 * It bounds the length and the runs of marks first, so its time grows with the length of the text alone.
 */
export function checkText<Text extends string, Code extends string>(
  text: string,
  rules: TextRules<Code>,
): TextCheck<Text, Code> {
  const { maxCodePoints } = rules;
  if (text.length > maxCodePoints * MAX_UNITS_PER_CODE_POINT) {
    return { ok: false, code: rules.tooLong, excess: countCodePoints(text) - maxCodePoints };
  }
  let mark = firstExcessMark(text);
  if (mark !== undefined) return { ok: false, code: rules.marks, character: mark };
  const normalized = text.toWellFormed().normalize("NFC");
  // NFC makes two marks of some characters (U+0F73, U+1D15F). Most texts are in NFC already.
  if (normalized !== text) mark = firstExcessMark(normalized);
  if (mark !== undefined) return { ok: false, code: rules.marks, character: mark };
  if (rules.blank.test(normalized)) return { ok: false, code: rules.empty };
  const forbidden = rules.forbidden.exec(normalized)?.[0];
  if (forbidden !== undefined) return { ok: false, code: rules.characters, character: forbidden };
  const excess = countCodePoints(normalized) - maxCodePoints;
  return excess > 0 ? { ok: false, code: rules.tooLong, excess } : { ok: true, value: normalized as Text };
}

/** Returns the first mark above the limit for a run. */
function firstExcessMark(text: string): string | undefined {
  return TOO_MANY_MARKS.exec(text)?.[1];
}

/** Counts the Unicode code points of a text. All limits for texts are in this unit. */
export function countCodePoints(text: string): number {
  let count = text.length;
  for (let index = 1; index < text.length; index += 1) {
    if (isSurrogate(text, index, 0xdc00) && isSurrogate(text, index - 1, 0xd800)) count -= 1;
  }
  return count;
}

function isSurrogate(text: string, index: number, half: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === half;
}
