/** A self-signed certificate for `localhost` and 127.0.0.1, valid from 2020 to 2120, for tests alone. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const certificatePath: string = fileURLToPath(new URL("localhost.cert.pem", import.meta.url));
export const keyPath: string = fileURLToPath(new URL("localhost.key.pem", import.meta.url));
export const certificate: Buffer = readFileSync(certificatePath);
export const key: Buffer = readFileSync(keyPath);

/** Another certificate for the same names, whose start date is that of its creation. */
export const renewedCertificate: Buffer = readFileSync(new URL("renewed.cert.pem", import.meta.url));
export const renewedKey: Buffer = readFileSync(new URL("renewed.key.pem", import.meta.url));
