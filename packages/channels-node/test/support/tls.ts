/** A certificate for `localhost` and 127.0.0.1 that signs itself, for tests alone, from 2020 to 2120. */
import { readFileSync } from "node:fs";

export const certificate: Buffer = readFileSync(new URL("localhost.cert.pem", import.meta.url));
export const key: Buffer = readFileSync(new URL("localhost.key.pem", import.meta.url));
