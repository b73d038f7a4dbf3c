import type { MessageTextCode, NicknameCode, RoomNameCode, TemporaryCode, TextCheck } from "@lobby/protocol";

/** A permanent code of a refusal. `locale/` has a sentence for each. */
export type RefusalCode = RoomNameCode | MessageTextCode | NicknameCode | TemporaryCode;

/** An answer "no" that the visitor can act on: by another input, or by a retry. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The time after which the same request can succeed. Undefined when only another request can. */
  readonly retryAfterMs: number | undefined;

  constructor(code: RefusalCode, retryAfterMs?: number) {
    super(code);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
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
