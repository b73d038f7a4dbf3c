/**
 * The part of Standard Schema v1 that this package calls. It accepts schemas of
 * zod, valibot, arktype and others without depending on one. Names and
 * parameters follow the specification.
 * @see https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The input type of a schema: a value before defaults and transforms. */
export type InferInput<Schema> = Schema extends StandardSchema<infer Input, unknown> ? Input : never;

/** The output type of a schema. */
export type InferOutput<Schema> = Schema extends StandardSchema<unknown, infer Output> ? Output : never;

/** A typed value, or the issues of an invalid one. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One issue of a value, and its place. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The limits of a sentence: a schema may find an issue in every item of a long list. */
const MAX_ISSUES = 5;
const MAX_CHARACTERS = 200;

/** Returns the first issues and their places as one sentence, with the number of further issues. */
export function sentenceOf(issues: readonly SchemaIssue[]): string {
  const parts = issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => {
    const place = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
    const text = `${place === "" ? "" : `${place}: `}${message}`;
    return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  });
  if (issues.length > MAX_ISSUES) parts.push(`and ${issues.length - MAX_ISSUES} more`);
  return parts.join("; ");
}

/** A schema that accepts every value, unchanged. */
export const anyJson: StandardSchema = {
  "~standard": { version: 1, vendor: "@lobby/channels", validate: (value) => ({ value }) },
};
