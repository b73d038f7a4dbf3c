/** The two halves of one WebSocket: the server implements one, the application the other. */
import type { ServerFanout } from "../fanout/fanout.ts";
import type { Denial } from "./denial.ts";

/** The server's half: the calls that an application makes. */
export interface ServerSocket<Frame = unknown> {
  /** The fan-out that all sockets of one server share, from `createFanout` of `@lobby/channels/server`. */
  readonly fanout: ServerFanout<Frame>;
  /** Completes the handshake. The server sends the headers of `scope.reply` with it. */
  accept(subprotocol: string | undefined): void;
  /** Answers the handshake with an HTTP error. With a `closeCode`, completes the handshake and closes the socket. */
  deny(denial: Denial): void;
  /** Queues one encoded frame, or several joined ones, for the client. Ignores frames after the close. */
  write(frame: Frame): void;
  /** Collects writes until `uncork`, which may send them in one piece. */
  cork(): void;
  uncork(): void;
  /** Starts the closing handshake. Resumes a paused socket, because the client's close frame has to be read. */
  close(code: number, reason: string): void;
  /** Stops reading from the client. Frames that were read already still reach the handler, at `resume` or before. */
  pause(): void;
  resume(): void;
}

/** The application's half: the calls that a server makes. */
export interface SocketHandler {
  /** Called once, first: decides the handshake. */
  open(): void;
  /** Receives one whole WebSocket message. Never called before `open`. */
  receive(data: string | Uint8Array): void;
  /**
   * Called when no further frame can reach the client: one side closes the connection, or the server has answered
   * the handshake without the application. `close` follows.
   */
  closing(): void;
  /**
   * Called exactly once, when the connection has ended.
   * @param code 1005 when the client gave none, 1006 when the connection was lost; the server's own close code when
   * the client broke the protocol.
   */
  close(code: number, reason: string): void;
  /** Resolves once no handler runs or waits to run. */
  whenIdle(): Promise<void>;
}
