/** What becomes of a connection or a request that the application fails. */
import { Denial, type DenialOptions } from "./denial.ts";
import type { ConsumerReport } from "../report.ts";
import type { ServerSocket, SocketHandler } from "./socket.ts";
import { BodyTooLargeError, ServerClosingError, type ChannelsError } from "../errors.ts";

/** How a failure is told: to the peer as an answer, to whoever runs the server by its level. */
export interface Failure {
  readonly denial: Denial;
  /** Undefined for what is nobody's fault but the peer's, or the end of the server: nobody is told. */
  readonly level: ConsumerReport["level"] | undefined;
}

/** Keeps programs from asking again at once. */
const RETRY_SOON: DenialOptions = { headers: { "Retry-After": "1" } };

/** The answer to whoever comes when the server closes. */
export function closingDenial(): Denial {
  return new Denial(503, "The server is closing.");
}

/** The answer to a handshake that an application takes too long to answer. */
export function lateDenial(): Denial {
  return new Denial(503, "The server took too long to open this connection.");
}

/**
 * What a thrown `Denial` says; else 500 and an error; 503 and a warning for what may work later without anybody mending
 * the application; 413 for a body that is too large, and 503 for a server that closes.
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

/** The same of a handshake. */
export function handshakeFailureOf(error: unknown): Failure {
  return failureOf(error, "The server could not open this connection");
}

/** A socket whose handshake waits for an application. */
export interface OpeningSocket extends Pick<ServerSocket, "deny"> {
  /** Opens the handler; when the handshake was answered or the peer lost meanwhile, closes it instead, with 1006. */
  open(handler: SocketHandler): void;
}

/**
 * Hands a socket to its application. Never rejects.
 * @param apply Calls the application.
 * @param report Told when it throws; the peer is refused then.
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

/** The answer to a body that is too large. */
export function bodyDenial(limitBytes: number): Denial {
  return new Denial(413, `A body has at most ${limitBytes} bytes here.`);
}
