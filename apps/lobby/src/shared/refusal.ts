import type {
  MessageTextCode,
  NicknameCode,
  RoomNameCode,
  TakenNameCode,
  TemporaryCode,
  TextCheck,
} from "@lobby/protocol";
import { describeCharacter } from "./describe-character.ts";

/** A permanent code of a refusal. `locale/` has a sentence for each. */
export type RefusalCode = RoomNameCode | MessageTextCode | NicknameCode | TakenNameCode | TemporaryCode;

/** An answer "no" that the visitor can act on: by another input, or by a retry. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The time after which the same request can succeed. Undefined when only another request can. */
  readonly retryAfterMs: number | undefined;
  /** What the sentence names: a described character, a room, or a reserved name. */
  readonly subject: string | undefined;

  constructor(code: RefusalCode, retryAfterMs?: number, subject?: string) {
    super(code);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.subject = subject;
  }
}

/**
 * Returns the value of a check.
 * @throws {Refusal} The code of the check when it failed.
 */
export function requireValid<Text extends string>(check: TextCheck<Text, RefusalCode>): Text {
  if (check.ok) return check.value;
  const { code, character } = check;
  throw new Refusal(code, undefined, character && describeCharacter(character));
}
