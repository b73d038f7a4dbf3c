/** Compares a table of handlers with a contract. */
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";

/**
 * Throws unless the contract and the handlers have the same kinds. Without this check, a missing handler would show
 * only when its message arrives.
 * @param what A word for one kind in the error, such as `event`.
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
