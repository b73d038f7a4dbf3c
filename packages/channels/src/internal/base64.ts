/** Encodes and decodes base64. */

/** The bytes per call of `fromCharCode`: engines limit the number of arguments. */
const CHUNK_BYTES = 8192;

/** Returns bytes as base64 text. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(binary);
}

/**
 * Returns the bytes of base64 text.
 * @throws {DOMException} InvalidCharacterError when the text is not base64.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
