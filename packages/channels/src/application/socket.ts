/** The two halves of one WebSocket: the server implements one, the application the other. */
import type { ServerFanout } from "../fanout/fanout.ts";
import type { Denial } from "./denial.ts";

/** A client has drained its buffer when fewer bytes than this wait for it. */
export const DRAINED_BYTES = 65_536;

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
  /** The bytes that wait for the client in this process. */
  readonly bufferedBytes: number;
  /** Resolves once less than 64 KiB wait for the client, or the connection has ended. */
  drained(): Promise<void>;
  /** Collects writes until `uncork`, which may send them in one piece. */
  cork(): void;
  /** Sends the collected writes. */
  uncork(): void;
  /** Starts the closing handshake. Resumes a paused socket, because the server has to read the client's close frame. */
  close(code: number, reason: string): void;
  /** Stops reading from the client. Frames that the server has read still reach the handler, at `resume` or before. */
  pause(): void;
  /** Reads from the client again. */
  resume(): void;
}

/** The application's half: the calls that a server makes. */
export interface SocketHandler {
  /** Starts the application, which answers the handshake. The server calls it once, before any other method. */
  open(): void;
  /** Receives one whole WebSocket message. */
  receive(data: string | Uint8Array): void;
  /**
   * Ends the sending of frames. The server calls it when no further frame can reach the client: one side closes the
   * connection, or the server has answered the handshake without the application. Then it calls `close`.
   */
  closing(): void;
  /**
   * Ends the connection. The server calls it exactly once.
   * @param code 1005 when the client gave no code, 1006 when the connection was lost; the server's own close code when
   * the client broke the protocol.
   */
  close(code: number, reason: string): void;
  /** Resolves once no handler runs or waits to run. */
  whenIdle(): Promise<void>;
}
