/** What every text that people type has in common. */
import { countCodePoints } from "@lobby/protocol";
import { Refusal, type RefusalCode } from "./refusal.ts";

/** One form for texts that look the same: NFC, and U+FFFD for half a surrogate pair. */
function normalizeText(text: string): string {
  return text.toWellFormed().normalize("NFC");
}

/** How a kind of text is limited, and what to say when it is not kept. */
export interface TextRule {
  readonly maxCodePoints: number;
  readonly forbidden: RegExp;
  readonly empty: RefusalCode;
  readonly tooLong: RefusalCode;
  readonly characters: RefusalCode;
}

/** Space, and characters that show nothing by themselves: zero-width ones, fillers, variation selectors. */
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;

/** @throws {Refusal} when the text breaks the rule; blank counts as empty. */
export function checkText(text: string, rule: TextRule): string {
  const normalized = normalizeText(text);
  if (BLANK.test(normalized)) throw new Refusal(rule.empty);
  if (rule.forbidden.test(normalized)) throw new Refusal(rule.characters);
  if (countCodePoints(normalized) > rule.maxCodePoints) throw new Refusal(rule.tooLong);
  return normalized;
}
