/** Compares a table of handlers with a contract. */
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";

/**
 * Throws unless both tables have the same kinds. A missing handler would otherwise show only when its message arrives.
 * @param what The thing that a handler handles, such as `event`.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a kind is missing or unknown.
 */
export function checkKinds(what: string, contract: object, handlers: unknown): asserts handlers is object {
  const isTable = typeof handlers === "object" && handlers !== null;
  const wanted = listOf(contract);
  const got = isTable ? listOf(handlers) : describeValue(handlers);
  if (isTable && wanted === got) return;
  throw new ConfigurationError(
    `Expected a handler for each ${what} of the contract, ${wanted || "none"}, and no other; got ${got || "none"}.`,
  );
}

function listOf(table: object): string {
  return Object.keys(table).toSorted().map(quote).join(", ");
}
