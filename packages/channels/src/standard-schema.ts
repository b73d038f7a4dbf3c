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

/** The result of a validation: a typed value, or the issues of an invalid one. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One issue of a value, and its place. */
export interface SchemaIssue {
  readonly message: string;
  /** The keys from the whole value to the issue. Undefined for the whole value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The number of issues in a sentence: a schema may find an issue in every item of a long list. */
const MAX_ISSUES = 5;

/** The UTF-16 code units of one issue in a sentence. */
const MAX_ISSUE_LENGTH = 200;

/** Returns the first five issues with their places, and the number of further issues, in one line of text. */
export function sentenceOf(issues: readonly SchemaIssue[]): string {
  const parts = issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => {
    const place = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
    const text = `${place === "" ? "" : `${place}: `}${message}`;
    return text.length > MAX_ISSUE_LENGTH ? `${text.slice(0, MAX_ISSUE_LENGTH)}…` : text;
  });
  if (issues.length > MAX_ISSUES) parts.push(`and ${issues.length - MAX_ISSUES} more`);
  return parts.join("; ");
}

/** A schema that accepts every value, unchanged. */
export const anyJson: StandardSchema = {
  "~standard": { version: 1, vendor: "@lobby/channels", validate: (value) => ({ value }) },
};
