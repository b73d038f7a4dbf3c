/** The names that only the server may use, so that nobody can speak in its name. */
import { skeletonOf } from "../shared/skeleton.ts";

const RESERVED_NAMES = [
  ..."admin administrator lobby moderator official operator root server staff support system".split(" "),
  ..."관리자 공지 로비 서버 시스템 어드민 운영자 운영진".split(" "),
];

const BY_LOOK: ReadonlyMap<string, string> = new Map(
  RESERVED_NAMES.flatMap((name) => looksOf(name).map((look) => [look, name])),
);

/** Returns the reserved name for which readers would take a nickname; undefined for other nicknames. */
export function reservedNameLike(nickname: string): string | undefined {
  return looksOf(nickname)
    .map((look) => BY_LOOK.get(look))
    .find((name) => name !== undefined);
}

/**
 * Returns the skeletons of a name in small and capital letters, without spaces, punctuation and symbols. `1` looks like a
 * small `l` and like a capital `I`, so either form can reveal a likeness.
 */
function looksOf(name: string): readonly string[] {
  const plain = name.normalize("NFKC");
  return [plain.toLowerCase(), plain.toUpperCase()].map((form) =>
    skeletonOf(form).replaceAll(/[^\p{L}\p{M}\p{N}]/gu, ""),
  );
}
