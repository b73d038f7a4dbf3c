import { roomSocketPath, type PlainFrame, type PlainInput, type RoomName } from "@lobby/protocol";
import { retryDelayMs } from "../lib/retry-delay.ts";

/** The close code of a server that restarts. */
const SERVICE_RESTART = 1012;

/** The events of a `RoomSocket`. */
export interface RoomSocketEvents {
  onFrame(frame: PlainFrame): void;
  /** Reports a new connection. The page must fetch earlier messages. */
  onOpen(): void;
  onLost(): void;
}

/** A WebSocket to a room that reconnects automatically. */
export class RoomSocket {
  readonly #url: URL;
  readonly #events: RoomSocketEvents;
  #socket: WebSocket | undefined;
  /** The number of attempts since the connection was lost. */
  #attempts = 0;
  #isRestart = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(room: RoomName, events: RoomSocketEvents) {
    this.#url = new URL(roomSocketPath(room), location.href);
    this.#url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.#events = events;
    addEventListener("online", () => this.#retryNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#retryNow();
    });
    this.#open();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** @returns false when there is no connection, and nothing was sent. */
  send(message: PlainInput): boolean {
    if (!this.isOpen) return false;
    this.#socket?.send(JSON.stringify(message));
    return true;
  }

  #open(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#attempts = 0;
      this.#events.onOpen();
    });
    socket.addEventListener("message", ({ data }) => this.#events.onFrame(JSON.parse(data as string) as PlainFrame));
    socket.addEventListener("close", ({ code }) => {
      this.#events.onLost();
      if (this.#attempts === 0) this.#isRestart = code === SERVICE_RESTART;
      this.#timer = setTimeout(() => this.#open(), retryDelayMs(this.#attempts, this.#isRestart));
      this.#attempts += 1;
    });
  }

  #retryNow(): void {
    if (this.#socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.#timer);
    this.#open();
  }
}
