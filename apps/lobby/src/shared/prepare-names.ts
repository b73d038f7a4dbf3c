import { checkNickname } from "@lobby/protocol";

/**
 * Lets V8 compile the patterns for names with emoji or invisible characters, once for Latin-1 and once for other text.
 * Otherwise the first visitor with such a name would hold the thread for several milliseconds.
 */
export function prepareNames(): void {
  for (const name of ["a\u00AD", "가\u00AD"]) checkNickname(name);
}
