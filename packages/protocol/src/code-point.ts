/** Returns the usual notation of a character's code point, such as `U+200B`. */
export function codePointNotation(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}
