/** The rules that all texts of people share: one normal form, a length, and forbidden characters. */

/** The result of a check: the normalized text, or the code of the first broken rule. */
export type TextCheck<Text extends string, Code extends string> =
  | { readonly ok: true; readonly value: Text }
  | { readonly ok: false; readonly code: Code };

/** The rules for one kind of text, each with the code that reports a breach. */
export interface TextRules<Code extends string> {
  readonly empty: Code;
  readonly forbidden: RegExp;
  readonly characters: Code;
  readonly maxCodePoints: number;
  readonly tooLong: Code;
}

/** White space, and characters without a shape of their own: zero-width ones, fillers, variation selectors. */
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;

/**
 * Checks a text and normalizes it: to NFC, with U+FFFD in place of each unpaired surrogate.
 * A blank text counts as empty.
 */
export function checkText<Text extends string, Code extends string>(
  text: string,
  rules: TextRules<Code>,
): TextCheck<Text, Code> {
  const normalized = text.toWellFormed().normalize("NFC");
  if (BLANK.test(normalized)) return { ok: false, code: rules.empty };
  if (rules.forbidden.test(normalized)) return { ok: false, code: rules.characters };
  if (countCodePoints(normalized) > rules.maxCodePoints) return { ok: false, code: rules.tooLong };
  return { ok: true, value: normalized as Text };
}

/** Counts the Unicode code points of a text. All limits for texts are in this unit. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
