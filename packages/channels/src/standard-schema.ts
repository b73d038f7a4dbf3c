/**
 * The part of Standard Schema v1 that this package calls, so that a schema of
 * zod, valibot, arktype and others can be handed in without depending on one.
 * Its names and their parameters are those of the specification.
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

/** What a schema takes: the type of a value before the schema's defaults and transformations. */
export type InferInput<Schema> = Schema extends StandardSchema<infer Input, unknown> ? Input : never;

/** What a schema gives. */
export type InferOutput<Schema> = Schema extends StandardSchema<unknown, infer Output> ? Output : never;

/** A typed value, or what was wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that was wrong, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A schema may find something in every item of a list of a million: the rest is counted. */
const MOST_TOLD = 5;
const MOST_CHARACTERS = 200;

/** The first issues in one sentence, each with the place it was found at, and how many more there are. */
export function sentenceOf(issues: readonly SchemaIssue[]): string {
  const told = issues.slice(0, MOST_TOLD).map(({ message, path = [] }) => {
    const place = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
    const text = `${place === "" ? "" : `${place}: `}${message}`;
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  });
  if (issues.length > MOST_TOLD) told.push(`and ${issues.length - MOST_TOLD} more`);
  return told.join("; ");
}

/** Takes any value, and says nothing about it. */
export const anyJson: StandardSchema = {
  "~standard": { version: 1, vendor: "@lobby/channels", validate: (value) => ({ value }) },
};
