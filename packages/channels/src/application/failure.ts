/** The answers to connections and requests whose application failed. */
import { BodyTooLargeError, ServerClosingError, type ChannelsError } from "../errors.ts";
import type { ConsumerReport } from "../report.ts";
import { Denial, type DenialOptions } from "./denial.ts";
import type { ServerSocket, SocketHandler } from "./socket.ts";

/** A failure as the client and the operator see it. */
export interface Failure {
  readonly denial: Denial;
  /** The level of the report; undefined when the client or the closing server is the cause, and nothing is reported. */
  readonly level: ConsumerReport["level"] | undefined;
}

/** Keeps programs from repeating a request at once. */
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
  return new Denial(413, `A body has at most ${limitBytes} bytes here.`);
}

/**
 * Returns the answer to an error that an application threw: a thrown `Denial` itself; 503 and a warning for a
 * retryable error; 413 for a body that is too large; 503 while the server closes; otherwise 500 and an error.
 * @param sentence What the server could not do, without its period.
 */
export function failureOf(error: unknown, sentence: string): Failure {
  if (error instanceof Denial) return { denial: error, level: undefined };
  if (error instanceof ServerClosingError) return { denial: closingDenial(), level: undefined };
  if (error instanceof BodyTooLargeError) return { denial: bodyDenial(error.limitBytes), level: undefined };
  const isRetryable = error instanceof Error && (error as Partial<ChannelsError>).isRetryable === true;
  return isRetryable
    ? { denial: new Denial(503, `${sentence} now; try again later.`, RETRY_SOON), level: "warning" }
    : { denial: new Denial(500, `${sentence}.`), level: "error" };
}

/** Returns the answer to an error that an application threw during a handshake. */
export function handshakeFailureOf(error: unknown): Failure {
  return failureOf(error, "The server could not open this connection");
}

/** A socket whose handshake waits for its application. */
export interface OpeningSocket extends Pick<ServerSocket, "deny"> {
  /** Opens the handler. Closes it with 1006 when the handshake was answered or the client lost meanwhile. */
  open(handler: SocketHandler): void;
}

/**
 * Passes a socket to its application. Never rejects.
 * @param apply Calls the application.
 * @param report Called when the application throws. The client is refused then.
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
