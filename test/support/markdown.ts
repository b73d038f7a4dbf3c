/** Reads code blocks, links and headings of Markdown pages. */

/** One fenced code block. */
export interface CodeBlock {
  /** The page with the block, as a path from the root of the repository. */
  readonly page: string;
  /** The line of the opening fence. The code begins on the next line. */
  readonly line: number;
  /** The first word after the fence, or "". */
  readonly language: string;
  readonly code: string;
  /** The file that the block shows, when its first line is a comment with a path. */
  readonly path: string | undefined;
}

/** A block that shows a file. */
export type NamedBlock = CodeBlock & { readonly path: string };

const FENCE = /^(\s*(?:>\s?)*)(`{3,}|~{3,})\s*([\w-]*)/;
const CAPTIONS: Readonly<Record<string, RegExp>> = {
  ts: /^\/\/ ([\w./-]+\.ts)\n/,
  html: /^<!-- ([\w./-]+\.html) -->\n/,
};

/**
 * Returns every fenced block of a page, at any indentation.
 * @throws {Error} When a block is not closed.
 */
export function codeBlocks(page: string, markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = "", fence = "", word = ""] = FENCE.exec(lines[index] ?? "") ?? [];
    if (fence === "") continue;
    const end = lines.findIndex((line, at) => at > index && line.slice(indent.length).trim().startsWith(fence));
    if (end === -1) throw new Error(`${page}:${index + 1} opens a code block and never closes it.`);
    const code = lines.slice(index + 1, end).map((line) => `${line.slice(indent.length)}\n`);
    const language = word === "typescript" ? "ts" : word;
    const path = CAPTIONS[language]?.exec(code[0] ?? "")?.[1];
    blocks.push({ page, line: index + 1, language, code: code.join(""), path });
    index = end;
  }
  return blocks;
}

/** Returns whether the block shows a file. */
export function isNamed(block: CodeBlock): block is NamedBlock {
  return block.path !== undefined;
}

/** Returns the content of the file: the block without the line with its path. */
export function fileContent({ code }: NamedBlock): string {
  return code.slice(code.indexOf("\n") + 1);
}

/** Returns the files that the blocks show, by path: of several blocks with one path, the last. */
export function filesShown(blocks: readonly CodeBlock[]): ReadonlyMap<string, NamedBlock> {
  return new Map(blocks.filter(isNamed).map((block) => [block.path, block]));
}

/** A link of a page. */
export interface Link {
  readonly line: number;
  /** The target as in the page: `layers.md#gaps`, `#gaps`, `https://…`. */
  readonly target: string;
}

/** Returns every link of a page outside its code. */
export function links(markdown: string): readonly Link[] {
  return prose(markdown).flatMap(({ line, text }) =>
    [...text.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ line, target })),
  );
}

/** Returns the anchors of a page: each heading as GitHub writes it after `#`. */
export function anchors(markdown: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { text } of prose(markdown)) {
    const [, heading] = /^#+ (.+)$/.exec(text) ?? [];
    if (heading === undefined) continue;
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
    let count = 0;
    while (found.has(count === 0 ? anchor : `${anchor}-${count}`)) count += 1;
    found.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return found;
}

/** Returns the lines of a page outside its code blocks. */
function prose(markdown: string): readonly { readonly line: number; readonly text: string }[] {
  const lines = markdown.split("\n").map((text, index) => ({ line: index + 1, text }));
  for (const { line, code } of codeBlocks("", markdown)) {
    const end = line + code.split("\n").length;
    for (let at = line; at <= end; at += 1) lines[at - 1] = { line: at, text: "" };
  }
  return lines;
}
