/** Reads the imports of source files, with their type imports. */
import { readFile } from "node:fs/promises";
import { parseSync } from "oxc-parser";

/** Returns the module specifiers of a file: imports, re-exports and `import()` of a literal. */
export async function importsOf(file: string): Promise<readonly string[]> {
  const source = await readFile(file, "utf8");
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const fromStatements = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
  ];
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => literal(source.slice(start, end)));
  return [...new Set([...fromStatements, ...dynamic].filter((specifier) => specifier !== undefined))];
}

function literal(text: string): string | undefined {
  return /^(["'`])([^"'`$]+)\1$/.exec(text)?.[2];
}
