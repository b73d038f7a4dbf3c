/** The answers to connections and requests whose application failed. */
import {
  BodyTooLargeError,
  BrokenBodyError,
  InvalidNameError,
  ServerClosingError,
  type ChannelsError,
} from "../errors.ts";
import { causesOf } from "../internal/causes.ts";
import type { ConsumerReport } from "../report.ts";
import { Denial, type DenialOptions } from "./denial.ts";
import type { ServerSocket, SocketHandler } from "./socket.ts";

/** A failure as the client and the operator see it. */
export interface Failure {
  readonly denial: Denial;
  /**
   * The level of the report. Undefined when the server reports nothing: the client or the closing server is the cause.
   */
  readonly level: ConsumerReport["level"] | undefined;
}

/** Headers that ask programs to wait one second before they retry. */
const RETRY_SOON: DenialOptions = { headers: { "Retry-After": "1" } };

/** Returns the answer to a client that connects while the server closes. */
export function closingDenial(): Denial {
  return new Denial(503, "The server is closing.");
}

/** Returns the answer to a handshake that the application did not answer in time. */
export function lateDenial(): Denial {
  return new Denial(503, "The server took too long to open this connection.");
}

/** Returns the answer to a request body over the limit. */
export function bodyDenial(limitBytes: number): Denial {
  return new Denial(413, `A request body may have at most ${limitBytes} bytes.`);
}

/** The sentence for a client whose text cannot be part of a name of the layer, such as a long room name in a path. */
export const INVALID_NAME_REASON =
  "This request contains a name that is not allowed, for example one that is too long.";

/**
 * Returns the answer to an error that an application threw. A thrown `Denial` is the answer. A retryable error gives
 * 503 and a warning, a body over the limit 413, a broken body 400, 408 or 503, a closing server 503, and any other error
 * 500 and an error report. A failed body counts as well when it is the cause of the error. A name that no channel or group
 * can have gives 400, because such names come from clients.
 * @param sentence A sentence for the client without its period, such as `The server failed to answer`.
 */
export function failureOf(error: unknown, sentence: string): Failure {
  if (error instanceof Denial) return { denial: error, level: undefined };
  if (error instanceof ServerClosingError) return { denial: closingDenial(), level: undefined };
  if (error instanceof InvalidNameError) return { denial: new Denial(400, INVALID_NAME_REASON), level: undefined };
  const denial = failedBodyDenial(error);
  if (denial !== undefined) return { denial, level: undefined };
  const isRetryable = error instanceof Error && (error as Partial<ChannelsError>).isRetryable === true;
  return isRetryable
    ? { denial: new Denial(503, `${sentence} now; try again later.`, RETRY_SOON), level: "warning" }
    : { denial: new Denial(500, `${sentence}.`), level: "error" };
}

/** The sentences about a broken body, by status. */
const FLAWS: ReadonlyMap<number, string> = new Map([
  [408, "The request body arrived too slowly."],
  [503, "The request body waited too long for an earlier answer. Send the request again."],
]);

/** Returns the denial of a request whose body failed. Undefined when neither the error nor a cause of it is that failure. */
export function failedBodyDenial(error: unknown): Denial | undefined {
  for (const cause of causesOf(error)) {
    if (cause instanceof BodyTooLargeError) return bodyDenial(cause.limitBytes);
    if (cause instanceof BrokenBodyError) {
      const { status } = cause;
      return new Denial(status, FLAWS.get(status) ?? "The request body broke off or was malformed.");
    }
  }
  return undefined;
}

/** Returns the answer to an error that an application threw during a handshake. */
export function handshakeFailureOf(error: unknown): Failure {
  return failureOf(error, "The server could not open this connection");
}

/** A socket whose handshake waits for its application. */
export interface OpeningSocket extends Pick<ServerSocket, "deny"> {
  /** Opens the handler. Closes it with 1006 when the server has answered already, or the client has left. */
  open(handler: SocketHandler): void;
}

/**
 * Passes a socket to its application, and opens the handler or denies the connection. Never rejects.
 * @param apply Calls the application.
 * @param report Receives the error of an application that throws.
 */
export async function openSocket(
  socket: OpeningSocket,
  apply: () => Promise<SocketHandler | Denial>,
  report: (level: ConsumerReport["level"], error: unknown) => void,
): Promise<void> {
  try {
    const opened = await apply();
    if (opened instanceof Denial) socket.deny(opened);
    else socket.open(opened);
  } catch (error) {
    const { denial, level } = handshakeFailureOf(error);
    if (level !== undefined) report(level, error);
    socket.deny(denial);
  }
}
