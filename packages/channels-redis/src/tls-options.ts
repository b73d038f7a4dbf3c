import { X509Certificate } from "node:crypto";
import { createSecureContext, type ConnectionOptions } from "node:tls";
import { checkOptions, ConfigurationError } from "@lobby/channels/layers";

const NAMES = ["ca", "cert", "key", "passphrase", "servername", "rejectUnauthorized"] as const;

/**
 * The options of TLS, with the meaning that they have in `node:tls`. `ca` is the certificate of a private authority, and
 * replaces the authorities that Node trusts. `cert`, `key` and `passphrase` identify this client. `servername` is the name
 * in the certificate of Redis, when it differs from the host. `rejectUnauthorized: false` accepts any certificate, so that
 * anybody on the way can read and change the data.
 */
export type RedisTlsOptions = Readonly<Pick<ConnectionOptions, (typeof NAMES)[number]>>;

/**
 * Throws unless these are options of TLS that Node can use.
 * @param isTls Whether the URL asks for TLS.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or unusable, or the URL has no TLS.
 */
export function checkTlsOptions(options: RedisTlsOptions | undefined, isTls: boolean): void {
  if (options === undefined) return;
  checkOptions("`tls`", options, NAMES);
  if (!isTls) {
    throw new ConfigurationError("Expected a `url` that begins with rediss for the option `tls`, got one without TLS.");
  }
  try {
    createSecureContext(options);
    // The line above ignores a `ca` without a certificate.
    for (const ca of [options.ca ?? []].flat()) readCertificate(ca);
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigurationError(`Expected \`tls\` to have certificates and keys in PEM, got an error: ${message}.`, {
      cause: error,
    });
  }
}

function readCertificate(pem: string | Buffer): X509Certificate {
  return new X509Certificate(pem);
}
