/**
 * The part of Standard Schema v1 that this package calls, so that a schema of
 * zod, valibot, arktype and others can be handed in without depending on one.
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** A typed value, or what was wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that was wrong, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Takes any value, and says nothing about it. */
export const anyJson: StandardSchema<unknown> = {
  "~standard": { version: 1, vendor: "@lobby/channels", validate: (value) => ({ value }) },
};
