/** Values that go through a client's hands and come back unchanged: HMAC-SHA-256 behind a dot. */
import { fromBase64, toBase64 } from "../internal/base64.ts";
import { ConfigurationError } from "../errors.ts";

const MIN_SECRET_BYTES = 32;

/** Signs and checks short texts, such as cookies. */
export class Signer {
  readonly #keys: readonly Promise<CryptoKey>[];

  /**
   * @param secrets At least one, each at least 32 bytes. The first signs, all check, so a secret can be replaced.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a secret is missing or short.
   */
  constructor(...secrets: readonly Uint8Array<ArrayBuffer>[]) {
    const [shortest] = secrets.map((secret) => secret.length).toSorted((a, b) => a - b);
    if (shortest === undefined || shortest < MIN_SECRET_BYTES) {
      throw new ConfigurationError(
        `Expected secrets of at least ${MIN_SECRET_BYTES} bytes, got ${shortest ?? "none"}.`,
      );
    }
    this.#keys = secrets.map((secret) =>
      crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]),
    );
  }

  /** The value, a dot, and its signature in base64url. */
  async sign(value: string): Promise<string> {
    const key = (await this.#keys[0]) as CryptoKey;
    const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(value));
    return `${value}.${toBase64Url(new Uint8Array(signature))}`;
  }

  /** The value that was signed; undefined when anything was changed or none of the secrets signed it. */
  async check(signed: string): Promise<string | undefined> {
    const dot = signed.lastIndexOf(".");
    const signature = dot === -1 ? undefined : fromBase64Url(signed.slice(dot + 1));
    if (signature === undefined) return undefined;
    const value = signed.slice(0, dot);
    const bytes = new TextEncoder().encode(value);
    for (const key of this.#keys) {
      if (await crypto.subtle.verify("HMAC", await key, signature, bytes)) return value;
    }
    return undefined;
  }
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  try {
    const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
    // The last character has bits that decode to nothing: only one of its forms is the signature.
    return toBase64Url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
