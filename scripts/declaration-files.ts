/** Reads the declaration files that the compiler writes: what each declares, and where the names in it come from. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  parseSync,
  Visitor,
  type Comment,
  type Expression,
  type Program,
  type Span,
  type Statement,
  type TSTypeQueryExprName,
} from "oxc-parser";

/** A name that a file declares. */
export interface Declared {
  readonly name: string;
  readonly file: string;
  /** Its declaration, or all of its overloads; without comments, private members and `export`. */
  readonly texts: readonly string[];
  /** The names in it that stand for types, or for what a class extends. */
  readonly references: readonly string[];
}

/** A name that another package declares. */
export interface Imported {
  /** What it is called there. */
  readonly name: string;
  readonly specifier: string;
}

/** A name that a file exports. */
export interface Exported {
  readonly declared: Declared;
  /** Whether users have no value of this name, such as a class to call, although there is one. */
  readonly isTypeOnly: boolean;
}

interface DeclarationFile {
  readonly declared: ReadonlyMap<string, Declared>;
  /** Where the names come from that it imports, or exports and does not declare. */
  readonly origins: ReadonlyMap<string, Imported>;
  /** Each name, and whether it is passed on as a type only. */
  readonly exported: ReadonlyMap<string, boolean>;
}

/** Reads every file once, so that a name is one object, whichever way it is found. */
export class DeclarationFiles {
  readonly #files = new Map<string, DeclarationFile>();

  /** @throws {Error} when a name is exported that is declared under another one, or in another package. */
  exportsOf(file: string): readonly Exported[] {
    return [...this.#read(file).exported].map(([name, isTypeOnly]) => {
      const found = this.resolve(file, name);
      if (found === undefined || "specifier" in found || found.name !== name) {
        throw new Error(`${file} exports "${name}", which its package does not declare under this name.`);
      }
      return { declared: found, isTypeOnly };
    });
  }

  /** What a name means in a file; undefined when it is global. */
  resolve(file: string, name: string): Declared | Imported | undefined {
    const { declared, origins } = this.#read(file);
    const origin = origins.get(name);
    if (!origin?.specifier.startsWith(".")) return declared.get(name) ?? origin;
    return this.resolve(join(dirname(file), origin.specifier.replace(/\.ts$/, ".d.ts")), origin.name);
  }

  #read(file: string): DeclarationFile {
    const content = this.#files.get(file) ?? readDeclarations(file);
    this.#files.set(file, content);
    return content;
  }
}

/** @throws {Error} when it imports or exports anything but names, such as `* as`. */
function readDeclarations(file: string): DeclarationFile {
  const source = readFileSync(file, "utf8");
  const { program, module, comments, errors } = parseSync(file, source);
  const named = (name: string | null | undefined): string => {
    if (typeof name === "string") return name;
    throw new Error(`${file} imports or exports something without a name.`);
  };
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const origins = new Map<string, Imported>();
  for (const { moduleRequest, entries } of module.staticImports) {
    for (const { localName, importName } of entries) {
      origins.set(localName.value, { name: named(importName.name), specifier: moduleRequest.value });
    }
  }
  const exported = new Map<string, boolean>();
  for (const { exportName, importName, moduleRequest, isType } of module.staticExports.flatMap(
    ({ entries }) => entries,
  )) {
    const name = named(exportName.name);
    exported.set(name, isType && moduleRequest !== null);
    if (moduleRequest !== null) origins.set(name, { name: named(importName.name), specifier: moduleRequest.value });
  }
  return { declared: declarationsIn(file, source, program, comments), origins, exported };
}

function declarationsIn(
  file: string,
  source: string,
  program: Program,
  comments: readonly Comment[],
): ReadonlyMap<string, Declared> {
  const mentions = mentionsIn(program);
  const declared = new Map<string, Declared>();
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    const name = nameOf(declaration);
    if (declaration === null || name === undefined) continue;
    const { texts = [], references = [] } = declared.get(name) ?? {};
    const found = mentions.filter((mention) => isWithin(mention, declaration)).map((mention) => mention.name);
    const text = textWithout(
      comments.filter((comment) => isWithin(comment, declaration)),
      declaration,
      source,
    );
    declared.set(name, { name, file, texts: [...texts, text], references: [...references, ...found] });
  }
  return declared;
}

function isWithin(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** What a statement declares, in the forms in which the compiler writes declarations. */
function nameOf(statement: Statement | null): string | undefined {
  switch (statement?.type) {
    case "ClassDeclaration":
    case "TSDeclareFunction":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return statement.id?.name;
    case "VariableDeclaration": {
      const id = statement.declarations[0]?.id;
      return id?.type === "Identifier" ? id.name : undefined;
    }
    default:
      return undefined;
  }
}

/** The text of a declaration without its comments, and without the line that stands for private members. */
function textWithout(comments: readonly Comment[], { start, end }: Span, source: string): string {
  let text = "";
  let from = start;
  for (const comment of comments) {
    text += source.slice(from, comment.start);
    from = comment.end;
  }
  return (text + source.slice(from, end)).replace(/^\s*#private;$/m, "").replaceAll(/\n\s*\n/g, "\n");
}

interface Mention extends Span {
  readonly name: string;
}

function mentionsIn(program: Program): readonly Mention[] {
  const mentions: Mention[] = [];
  const add = (name: TSTypeQueryExprName | Expression | null): void => {
    if (name?.type === "Identifier") mentions.push(name);
    if (name?.type === "TSQualifiedName") add(name.left);
    if (name?.type === "MemberExpression") add(name.object);
  };
  new Visitor({
    TSTypeReference: ({ typeName }) => add(typeName),
    TSTypeQuery: ({ exprName }) => add(exprName),
    TSInterfaceHeritage: ({ expression }) => add(expression),
    TSClassImplements: ({ expression }) => add(expression),
    ClassDeclaration: ({ superClass }) => add(superClass),
  }).visit(program);
  return mentions;
}
