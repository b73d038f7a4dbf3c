/**
 * Returns how many characters differ between two texts: the fewest insertions, deletions and replacements that turn
 * one into the other (Levenshtein).
 */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, character] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [index, cost] of row.slice(0, -1).entries()) {
      const replaced = cost + (character === to[index] ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
