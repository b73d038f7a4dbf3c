/** Messages with a number, as the conformance suite sends them. */
export { numbered, type Numbered } from "../../channels/src/testing/conformance/harness.ts";
