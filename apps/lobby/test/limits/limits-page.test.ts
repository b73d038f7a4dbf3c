import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { MAXIMA, RATES, type Rate } from "../../src/limits/limits.ts";

const PAGE = await readFile(path.join(import.meta.dirname, "../../../../docs/limits.md"), "utf8");

/** Returns the cells of the rows below a heading. The last column is prose. */
function rowsBelow(heading: string): string[][] {
  const [, section = ""] = PAGE.split(`\n## ${heading}\n`);
  const lines = section.split("\n## ")[0]?.split("\n") ?? [];
  const rows = lines.filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -2)
      .map((cell) => cell.trim()),
  );
}

function spoken({ count, seconds }: Rate): string {
  const unit = new Map([
    [1, "a second"],
    [3_600, "an hour"],
  ]).get(seconds);
  return `${count.toLocaleString("en")} ${unit}`;
}

test("docs/limits.md lists every rate of Lobby with its numbers and its code", () => {
  const rates = Object.entries(RATES).map(([name, rate]) => [
    `\`${name}\``,
    rate.burst.toLocaleString("en"),
    spoken(rate),
    `\`${rate.code}\``,
  ]);
  assert.deepEqual(rowsBelow("Rates"), rates);
});

test("docs/limits.md lists every maximum of Lobby with its number and its code", () => {
  const maxima = Object.entries(MAXIMA).map(([name, { most, code }]) => [
    `\`${name}\``,
    most.toLocaleString("en"),
    `\`${code}\``,
  ]);
  assert.deepEqual(rowsBelow("Maxima"), maxima);
});
