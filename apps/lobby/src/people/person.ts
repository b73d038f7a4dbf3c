import { checkNickname, type Nickname } from "@lobby/protocol";
import { Refusal, requireValid } from "../shared/refusal.ts";
import { reservedNameLike } from "./reserved-names.ts";

/** A guest or any other author of messages. */
export interface Person {
  readonly id: string;
  /** The person's name until they choose a nickname. */
  readonly guestName: string;
}

/**
 * Returns the nickname in a text, without white space at its ends.
 * @throws {Refusal} A `NicknameCode` when the text is not a valid nickname; LOBBY_NICKNAME_RESERVED when it looks like
 * a name of the server.
 */
export function parseNickname(text: string): Nickname {
  const nickname = requireValid(checkNickname(text));
  const reserved = reservedNameLike(nickname);
  if (reserved !== undefined) throw new Refusal("LOBBY_NICKNAME_RESERVED", undefined, reserved);
  return nickname;
}

/** Returns the name that others see. */
export function displayName({ guestName }: Person, nickname: Nickname | undefined): string {
  return nickname ?? guestName;
}

/** Returns the end of a person's id, which distinguishes guests in their names. */
export function guestTag(id: string): string {
  return id.slice(-4);
}
