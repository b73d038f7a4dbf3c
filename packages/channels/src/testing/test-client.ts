/** Where the clients of tests are, unless they say so themselves. */
import type { ClientAddress } from "../application/scope.ts";

/** See the head of this file. */
export const TEST_CLIENT: ClientAddress = { address: "127.0.0.1", port: 1 };
