/** What becomes of a handshake that the application fails. */
import { Denial, type ServerSocket, type SocketHandler } from "./application.ts";

/** A socket whose handshake waits for an application. */
export interface OpeningSocket extends Pick<ServerSocket, "deny"> {
  open(handler: SocketHandler): void;
}

/** What the peer is told when the application fails. */
export function openingFailure(): Denial {
  return new Denial(500, "The server could not open this connection.");
}

/**
 * Hands a socket to its application. Never rejects.
 * @param apply Calls the application.
 * @param report Told when it throws; the peer is refused then.
 */
export async function openSocket(
  socket: OpeningSocket,
  apply: () => Promise<SocketHandler | Denial>,
  report: (error: unknown) => void,
): Promise<void> {
  try {
    const opened = await apply();
    if (opened instanceof Denial) socket.deny(opened);
    else socket.open(opened);
  } catch (error) {
    report(error);
    socket.deny(openingFailure());
  }
}
