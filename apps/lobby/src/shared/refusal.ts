import type { MessageTextCode, NicknameCode, RoomNameCode, TextCheck } from "@lobby/protocol";

/** A permanent code of a refusal. `locale/` has a sentence for each. */
export type RefusalCode = RoomNameCode | MessageTextCode | NicknameCode;

/** An error that the visitor caused and can correct. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode) {
    super(code);
    this.code = code;
  }
}

/**
 * Returns the value of a check.
 * @throws {Refusal} The code of the check when it failed.
 */
export function requireValid<Text extends string>(check: TextCheck<Text, RefusalCode>): Text {
  if (check.ok) return check.value;
  throw new Refusal(check.code);
}
