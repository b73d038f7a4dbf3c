/** Signs texts that clients keep, so that no client can change them: the text, a dot, and its HMAC-SHA-256. */
import { fromBase64, toBase64 } from "../internal/base64.ts";
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";

const MIN_SECRET_BYTES = 32;

/**
 * A signer of short texts, such as cookies.
 * @example
 * const signer = new Signer(secret);
 * const signed = await signer.sign("guest 7");
 * await signer.check(signed); // "guest 7"
 */
export class Signer {
  readonly #keys: readonly Promise<CryptoKey>[];

  /**
   * @param secrets One or more secrets of at least 32 bytes each. The first one signs, and `check` accepts all of them,
   * so you can replace a secret step by step.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when there is no secret, or a secret is not bytes or has fewer
   * than 32 of them.
   */
  constructor(...secrets: readonly Uint8Array<ArrayBuffer>[]) {
    for (const secret of secrets) checkBytes(secret);
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

  /** Returns the value, a dot, and the signature in base64url. */
  async sign(value: string): Promise<string> {
    const key = (await this.#keys[0]) as CryptoKey;
    const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(value));
    return `${value}.${toBase64Url(new Uint8Array(signature))}`;
  }

  /** Returns the value of a signed text; undefined when the text was changed or no secret signed it. */
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

/** Throws unless a secret is bytes. The error does not show a text, which may be the secret. */
function checkBytes(secret: unknown): void {
  if (secret instanceof Uint8Array) return;
  const got = typeof secret === "string" ? "text" : describeValue(secret);
  throw new ConfigurationError(
    `Expected each secret to be a \`Uint8Array\` of at least ${MIN_SECRET_BYTES} bytes, got ${got}.`,
  );
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  try {
    const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
    // The last character has unused bits, so several texts decode to the same bytes. Only the canonical one is valid.
    return toBase64Url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
