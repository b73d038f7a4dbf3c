/** Defines the default address of test clients. */
import type { ClientAddress } from "../application/scope.ts";

/** The default address of a test client. */
export const TEST_CLIENT: ClientAddress = { address: "127.0.0.1", port: 1, isUntrustedProxy: false };
