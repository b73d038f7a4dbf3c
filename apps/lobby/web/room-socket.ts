/** The connection to a room: it comes back by itself. */
import type { PlainFrame, PlainInput } from "@lobby/protocol";
import { retryDelayMs } from "./retry-delay.ts";

/** The close code of a server that is going to be back. */
const RESTARTING = 1012;

/** What the connection tells the page. */
export interface RoomSocketEvents {
  onFrame(frame: PlainFrame): void;
  /** Messages come from now on; what was said before has to be fetched. */
  onOpen(): void;
  onLost(): void;
}

/** See the head of this file. */
export class RoomSocket {
  readonly #url: URL;
  readonly #events: RoomSocketEvents;
  #socket: WebSocket | undefined;
  /** How many tries there were since the connection was lost. */
  #attempts = 0;
  #isRestart = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(room: string, events: RoomSocketEvents) {
    this.#url = new URL(`/ws/chat/${encodeURIComponent(room)}/`, location.href);
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
      if (this.#attempts === 0) this.#isRestart = code === RESTARTING;
      this.#attempts += 1;
      this.#timer = setTimeout(() => this.#open(), retryDelayMs(this.#attempts, this.#isRestart));
    });
  }

  #retryNow(): void {
    if (this.#socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.#timer);
    this.#open();
  }
}
