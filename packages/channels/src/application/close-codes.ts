/**
 * The close codes and reasons that an application may send (RFC 6455 §7.4, §5.5; RFC 7936 and IANA for 1012 to 1014).
 */
import { InvalidCloseError } from "../errors.ts";

/** The longest reason of a close, in bytes of UTF-8. */
export const MAX_REASON_BYTES = 123;

/** The close code for a client that reads too slowly: "try again later". */
export const SLOW_CLIENT_CODE = 1013;

/** The reason of a close that ends a slow client. */
export const SLOW_CLIENT_REASON = "Too many bytes are waiting; reconnect";

/**
 * Throws unless an application may send the close code and the reason.
 * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the code is outside 1000 to 1014 and 3000 to 4999, or one
 * of 1004 to 1006, or the reason has more than 123 bytes of UTF-8.
 */
export function checkClose(code: number, reason: string): void {
  const isProtocolCode = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
  if (!Number.isInteger(code) || (!isProtocolCode && (code < 3000 || code > 4999))) {
    throw new InvalidCloseError(
      `Expected a close code from 1000 to 1014 other than 1004 to 1006, or from 3000 to 4999, got ${code}.`,
    );
  }
  const bytes = new TextEncoder().encode(reason).length;
  if (bytes > MAX_REASON_BYTES) {
    throw new InvalidCloseError(`Expected a close reason of at most ${MAX_REASON_BYTES} bytes, got ${bytes}.`);
  }
}
