/** What the compiler promises of contracts whose schemas come from zod, Valibot and ArkType. */
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import type { InferInput, InferOutput, StandardSchema } from "@lobby/channels";

// Two such functions are the same type only when A and B are, `any` and `readonly` included.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// The parameters stand in the order of the specification, of which zod has a copy, and so do the helpers' results.

declare const specified: z.core.$ZodStandardSchema<z.ZodCoercedNumber<string>>;
({ "~standard": specified }) satisfies StandardSchema<string, number>;
// @ts-expect-error: what it takes comes first
({ "~standard": specified }) satisfies StandardSchema<number, string>;

const ofZod = z.string().transform(Number);
const ofValibot = v.pipe(v.string(), v.transform(Number));
const ofArktype = type("string").pipe(Number);
true satisfies Equal<[InferInput<typeof ofZod>, InferOutput<typeof ofZod>], [string, number]>;
true satisfies Equal<[InferInput<typeof ofValibot>, InferOutput<typeof ofValibot>], [string, number]>;
true satisfies Equal<[InferInput<typeof ofArktype>, InferOutput<typeof ofArktype>], [string, number]>;
