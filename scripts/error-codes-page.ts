/**
 * Builds the page of error codes from the sources. Each code appears once, in a class (`readonly code = "…"`) or in a
 * union of codes, and the docstring there explains it.
 */
import { glob, readFile } from "node:fs/promises";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");

/** The path of the page, from the root of the repository. */
export const ERROR_PAGE = "docs/errors.md";

/** A code with its explanation. */
interface ExplainedCode {
  readonly code: string;
  /** Undefined for a code without a class. */
  readonly className: string | undefined;
  readonly isRetryable: boolean;
  readonly text: string;
}

/** A chapter of the page. */
interface Chapter {
  readonly title: string;
  readonly introduction: string;
  /** A glob pattern of the files that declare its codes. */
  readonly sources: string;
}

const CHAPTERS: readonly Chapter[] = [
  {
    title: "The framework",
    introduction: "`@lobby/channels`, `@lobby/channels-node` and `@lobby/channels-redis` throw or report these errors.",
    sources: "packages/{channels,channels-node,channels-redis}/src/**/*.ts",
  },
  {
    title: "Lobby: operators",
    introduction: "Lobby prints the message and exits with code 1.",
    sources: "apps/lobby/src/**/*.ts",
  },
  {
    title: "Lobby: visitors",
    introduction: `A visitor typed an invalid text, or reached a limit. On a socket, Lobby answers with an error frame. Over HTTP, it
answers with a page or JSON: status 400 for an invalid text, 429 for a limit, 503 for an outage of the store. A refusal
that a retry can solve says when, in \`retryAfterMs\` and in \`Retry-After\`. The sentence is in the language of the visitor.`,
    sources: "packages/protocol/src/**/*.ts",
  },
];

const DOCSTRING = String.raw`/\*\*((?:[^*]|\*(?!/))*)\*/\s*`;
const CLASS = new RegExp(
  String.raw`${DOCSTRING}(?:export )?(?:abstract )?class (\w+) extends \w+ \{\s*(?:override )?readonly code = "([A-Z_]+)";([^]*?)\n\}`,
  "g",
);
const MEMBER = new RegExp(String.raw`${DOCSTRING}\|\s*"((?:CHANNELS|LOBBY)_[A-Z_]+)"`, "g");

/** Returns the content of the page. */
export async function errorPage(): Promise<string> {
  const chapters = await Promise.all(CHAPTERS.map(chapter));
  return `${[INTRODUCTION, ...chapters].join("\n\n")}\n`;
}

const INTRODUCTION = `# Errors

Every error has a class, a permanent code, and a message that states the value that arrived, the expectation and the
remedy. Compare codes, not classes or messages. A *retryable* error has \`isRetryable\`: a retry may succeed without a
change of the application. \`npm run describe\` writes this page from the docstrings of the sources.`;

async function chapter({ title, introduction, sources }: Chapter): Promise<string> {
  const codes: ExplainedCode[] = [];
  for await (const file of glob(sources, { cwd: ROOT })) {
    codes.push(...explainedCodes(await readFile(path.join(ROOT, file), "utf8")));
  }
  return [`## ${title}`, introduction, ...codes.toSorted(byCode).map(section)].join("\n\n");
}

function explainedCodes(source: string): ExplainedCode[] {
  const classes = [...source.matchAll(CLASS)].map(([, docstring = "", className, code = "", body = ""]) => ({
    code,
    className,
    isRetryable: body.includes("readonly isRetryable = true"),
    text: textOf(docstring),
  }));
  const members = [...source.matchAll(MEMBER)].map(([, docstring = "", code = ""]) => ({
    code,
    className: undefined,
    isRetryable: false,
    text: textOf(docstring),
  }));
  return [...classes, ...members];
}

/** Returns the prose of a docstring: its paragraphs, without its tags. */
function textOf(docstring: string): string {
  const lines = docstring.split("\n").map((line) => line.replace(/^\s*\*?\s?/, "").trimEnd());
  const end = lines.findIndex((line) => line.startsWith("@"));
  return (end === -1 ? lines : lines.slice(0, end)).join("\n").trim();
}

function section({ code, className, isRetryable, text }: ExplainedCode): string {
  const name = className === undefined ? "" : `\`${className}\`${isRetryable ? ", retryable" : ""}. `;
  return `### ${code}\n\n${wrap(`${name}${text}`)}`;
}

/** Wraps each paragraph at 120 characters. */
function wrap(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((paragraph) =>
      paragraph
        .replaceAll("\n", " ")
        .replaceAll(/(.{1,120})(?: |$)/g, "$1\n")
        .trimEnd(),
    )
    .join("\n\n");
}

function byCode(one: ExplainedCode, other: ExplainedCode): number {
  return one.code < other.code ? -1 : 1;
}
