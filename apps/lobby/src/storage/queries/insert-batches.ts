/** The number of rows in one statement: well below the number of parameters that every database accepts. */
const BATCH_SIZE = 500;

/** Splits a list into batches for one statement each. */
export function batchesOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, index) => items.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE));
}
