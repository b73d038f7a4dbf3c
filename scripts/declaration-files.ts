/** Reads the declaration files that the compiler writes: their declarations, and the origins of the names in them. */
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

/** A declaration of a file, with its name. */
export interface Declared {
  readonly name: string;
  readonly file: string;
  /** The declaration, or one text per overload, without comments, private members and `export`. */
  readonly texts: readonly string[];
  /** The names of types and base classes in it. */
  readonly references: readonly string[];
}

/** A name that a file imports. */
export interface Imported {
  /** The name in the other file or package. */
  readonly name: string;
  readonly specifier: string;
}

/** An export of a file. */
export interface Exported {
  readonly declared: Declared;
  /** Whether the file exports only the type of a declaration that also has a value, such as a class. */
  readonly isTypeOnly: boolean;
}

interface DeclarationFile {
  readonly declared: ReadonlyMap<string, Declared>;
  /** The origins of the names that the file imports or re-exports. */
  readonly origins: ReadonlyMap<string, Imported>;
  /** The exported names. The value is true for a re-export of the type alone. */
  readonly exported: ReadonlyMap<string, boolean>;
}

/** A cache of declaration files. It reads every file once, so that each declaration is one object. */
export class DeclarationFiles {
  readonly #files = new Map<string, DeclarationFile>();

  /**
   * Returns the exports of a file.
   * @throws {Error} When the file exports a declaration under another name, or one of another package.
   */
  exportsOf(file: string): readonly Exported[] {
    return [...this.#read(file).exported].map(([name, isTypeOnly]) => {
      const found = this.resolve(file, name);
      if (found === undefined || "specifier" in found || found.name !== name) {
        throw new Error(`${file} exports "${name}", which its package does not declare under this name.`);
      }
      return { declared: found, isTypeOnly };
    });
  }

  /** Returns the declaration of a name that a file uses, or its import from another package; undefined for a global. */
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

/** @throws {Error} When the file cannot be parsed, or uses another form of import or export than names, such as `* as`. */
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

/** Returns the name that a statement declares, for the forms that the compiler writes; undefined for others. */
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

/** Returns the text of a declaration without comments, and without the line `#private;`. */
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
