/**
 * Decides whether the client of one socket still lives.
 *
 * Bytes that arrive are a sign of life; the server asks for them with a ping. A client in the middle of a large download
 * cannot answer before it has the bytes in front of the ping. For such a client, bytes that it takes are a sign as well.
 */
import type { Socket } from "node:net";
import { deliveredBytes } from "./kernel-queues.ts";

/** The number of beats per ping interval. */
export const BEATS_PER_PING = 3;

/** A ping overtakes fewer bytes than this without noticeable delay. */
const LARGE_BYTES = 16_384;

/** The bytes that a client has to take before they count as a sign of life. */
const LEAST_PROGRESS_BYTES = 8_192;

/** The least time without a sign that a download may have: proxies on the way hold bytes for a while. */
const LEAST_PATIENCE_MS = 45_000;

/** Returns the number of beats that a download may have without a sign of life. */
export function patienceBeats(pingIntervalMs: number): number {
  return Math.max(2 * BEATS_PER_PING, Math.ceil((LEAST_PATIENCE_MS * BEATS_PER_PING) / pingIntervalMs));
}

/** The next step for a socket: nothing, a ping, a look at the bytes that its client has taken, or its end. */
export type Verdict = "wait" | "ping" | "look" | "dead";

/** The signs of life of one client. */
export class SignsOfLife {
  readonly #stream: Socket;
  #bytesRead = 0;
  /** The bytes that the server had written at the last beat. */
  #writtenBytes = 0;
  /** The bytes that the server had written before the client last sent some. */
  #confirmedBytes = 0;
  /** The bytes that the client had taken at its last sign; undefined without a download. */
  #deliveredBytes: number | undefined;
  /** The first beat pings. */
  #beatsSincePing: number = BEATS_PER_PING - 1;
  #beatsSinceSign = 0;
  #hasAnswered = true;

  constructor(stream: Socket) {
    this.#stream = stream;
  }

  /**
   * Returns the next step. Call it `BEATS_PER_PING` times per ping interval.
   * @param isReading Whether the server reads from the client. Otherwise it sees no answer.
   */
  beat(isReading: boolean): Verdict {
    const { bytesRead, bytesWritten, writableLength } = this.#stream;
    this.#beatsSincePing += 1;
    this.#beatsSinceSign += 1;
    if (bytesRead !== this.#bytesRead) {
      this.#bytesRead = bytesRead;
      this.#confirmedBytes = this.#writtenBytes;
      this.#hasAnswered = true;
      // A client that only sends must not keep the bytes that wait for it.
      if (writableLength === 0) this.#beatsSinceSign = 0;
    }
    const isPingDue = this.#beatsSincePing >= BEATS_PER_PING;
    const isSilent = isReading && !this.#hasAnswered;
    const isLarge = isSilent && bytesWritten - this.#confirmedBytes >= LARGE_BYTES;
    this.#writtenBytes = bytesWritten;
    if (isLarge || writableLength > 0) return "look";
    this.#deliveredBytes = undefined;
    if (!isReading) this.#beatsSinceSign = 0;
    if (!isPingDue) return "wait";
    // While the server does not read, it sees no answer. A ping to a client that has left breaks the connection.
    return isSilent ? "dead" : "ping";
  }

  /** Remembers that the server has sent a ping. */
  pinged(): void {
    this.#beatsSincePing = 0;
    this.#hasAnswered = false;
  }

  /**
   * Looks at the bytes that the client has taken. Returns whether it has been without a sign of life for too long.
   * @param queuedBytes The bytes that the kernel has yet to deliver.
   * @param patience The result of `patienceBeats`.
   */
  isStuck(queuedBytes: number, patience: number): boolean {
    const delivered = deliveredBytes(this.#stream, queuedBytes);
    this.#deliveredBytes ??= delivered;
    if (delivered - this.#deliveredBytes >= LEAST_PROGRESS_BYTES) {
      this.#deliveredBytes = delivered;
      this.#beatsSinceSign = 0;
    }
    return this.#beatsSinceSign >= patience;
  }
}
