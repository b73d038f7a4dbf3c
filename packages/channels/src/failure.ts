/** What becomes of a connection or a request that the application fails. */
import { Denial, type ConsumerReport, type ServerSocket, type SocketHandler } from "./application.ts";
import type { ChannelsError } from "./errors.ts";

/** How a failure is told: to the peer as an answer, to whoever runs the server by its level. */
export interface Failure {
  readonly denial: Denial;
  readonly level: ConsumerReport["level"];
}

/**
 * 500 and an error; 503 and a warning for what may work later without anybody mending the application.
 * @param sentence What the server could not do, without its period.
 */
export function failureOf(error: unknown, sentence: string): Failure {
  const isTemporary = error instanceof Error && (error as Partial<ChannelsError>).isTemporary === true;
  return isTemporary
    ? { denial: new Denial(503, `${sentence} now; try again later.`), level: "warning" }
    : { denial: new Denial(500, `${sentence}.`), level: "error" };
}

/** The same of a handshake. */
export function handshakeFailureOf(error: unknown): Failure {
  return failureOf(error, "The server could not open this connection");
}

/** A socket whose handshake waits for an application. */
export interface OpeningSocket extends Pick<ServerSocket, "deny"> {
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
    report(level, error);
    socket.deny(denial);
  }
}
