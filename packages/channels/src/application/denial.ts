/** The answer "no" to a connection that has not opened yet. */
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkOptions, checkText } from "../internal/check-options.ts";
import { checkClose } from "./close-codes.ts";

/** The optional parts of a denial's response. */
export interface DenialOptions {
  /** Response headers, such as `Retry-After` or the body's `Content-Type`. Default: plain text in UTF-8. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the response. Default: the reason and a line feed. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /**
   * A close code for browsers, which hide the response to a failed handshake from the page. The server completes the
   * handshake of the WebSocket or event stream, and closes it at once with this code and the reason. An HTTP request
   * still gets the response. 1000 to 1014 except 1004 to 1006, or 3000 to 4999. Default: none.
   */
  readonly closeCode?: number;
}

/**
 * The answer "no" to a request or a handshake. The client gets an HTTP response with these values.
 *
 * @example
 * const members = stack(({ user }) => (user === undefined ? new Denial(401, "Log in first.") : { user }));
 *
 * @see ASGI, "WebSocket Denial Response".
 */
export class Denial {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** One sentence for the client. */
  readonly reason: string;
  /** The headers of the response. */
  readonly headers: Headers;
  /** The body of the response. */
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** The close code for browsers; undefined for a plain HTTP response. */
  readonly closeCode: number | undefined;

  /**
   * @param status HTTP status, 400 to 599. Default 403.
   * @param reason One sentence for the client. Default "The request was refused."
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the status is out of range, the reason is not text, a
   * header is malformed, or an option is unknown.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the close code is not allowed, or the reason of a close has
   * more than 123 bytes of UTF-8.
   */
  constructor(status = 403, reason = "The request was refused.", options: DenialOptions = {}) {
    checkOptions("A denial", options, ["headers", "body", "closeCode"]);
    const { headers = {}, body = `${reason}\n`, closeCode } = options;
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new ConfigurationError(
        `Expected the status of a denial to be from 400 to 599, got ${describeValue(status)}.`,
      );
    }
    checkText("reason", reason);
    this.status = status;
    this.reason = reason;
    if (closeCode !== undefined) checkClose(closeCode, reason);
    this.body = body;
    this.closeCode = closeCode;
    this.headers = new Headers({ "Content-Type": "text/plain; charset=utf-8" });
    for (const [name, value] of Object.entries(headers)) setHeader(this.headers, name, value);
  }

  /** Returns the denial as a fetch response. */
  toResponse(): Response {
    return new Response(this.body, { status: this.status, headers: this.headers });
  }
}

function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    throw new ConfigurationError(`Expected a valid header, got ${quote(name)}: ${quote(value)}.`);
  }
}
