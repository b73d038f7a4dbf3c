/**
 * Writes the fixed limits into docs/limits.md: every constant with a number whose name begins with `MAX_`, and a few more,
 * each with its docstring. The other sections of the page are written by hand.
 */
import { glob, readFile } from "node:fs/promises";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");

/** The path of the page, from the root of the repository. */
export const LIMITS_PAGE = "docs/limits.md";

/** The heading of the section that this script writes. It is the last one of the page. */
const HEADING = "## Fixed limits";

const TABLE = `| Limit | Value | Meaning |
|---|---:|---|`;

const SOURCES = [
  { title: "Lobby", pattern: "{packages/protocol,apps/lobby}/src/**/*.ts" },
  { title: "The framework", pattern: "packages/{channels,channels-node}/src/**/*.ts" },
] as const;

/** The folders whose numbers limit no stranger. */
const LEFT_OUT = /\/(?:testing|dist|node_modules)\//;

const NAMES =
  "MAX_[A-Z_]+|OWN_WAITING|SHARED_WAITING|BURST_FACTOR|BURST_TIME_MS|HISTORY_SIZE|INDEX_SIZE|LINGER_MS|HALF_CLOSED_MS|LATE_ANSWER_MS|MIN_BYTES_PER_SECOND";
const CONSTANT = new RegExp(
  String.raw`/\*\*((?:[^*]|\*(?!/))*)\*/\s*(?:export )?const (${NAMES})(?:: number)? = ([\d_]+);`,
  "g",
);

/** Returns the content of the page, with the fixed limits of the sources. */
export async function limitsPage(): Promise<string> {
  const page = await readFile(path.join(ROOT, LIMITS_PAGE), "utf8");
  const [written = ""] = page.split(`\n${HEADING}\n`);
  const sections = await Promise.all(SOURCES.map(section));
  return `${written.trimEnd()}\n\n${HEADING}\n\nNo option changes these numbers.\n\n${sections.join("\n\n")}\n`;
}

async function section({ title, pattern }: (typeof SOURCES)[number]): Promise<string> {
  const files = (await Array.fromAsync(glob(pattern, { cwd: ROOT }))).filter((file) => !LEFT_OUT.test(`/${file}`));
  const rows = await Promise.all(files.toSorted().map(rowsOf));
  return `### ${title}\n\n${TABLE}\n${rows.flat().join("\n")}`;
}

async function rowsOf(file: string): Promise<readonly string[]> {
  const source = await readFile(path.join(ROOT, file), "utf8");
  return [...source.matchAll(CONSTANT)].map(([, docstring = "", name = "", value = ""]) => {
    const text = docstring.replaceAll(/\s*\n\s*\*\s*/g, " ").trim();
    return `| [\`${name}\`](../${file}) | ${Number(value.replaceAll("_", "")).toLocaleString("en")} | ${text} |`;
  });
}
