/**
 * Decides whether the client of one socket still lives.
 *
 * Bytes that arrive are a sign of life; the server asks for them with a ping. A client in the middle of a large download
 * cannot answer before it has the bytes in front of the ping. For such a client, bytes that it takes are a sign as well.
 */
import type { Socket } from "node:net";
import { deliveredBytes } from "./kernel-queues.ts";

/** A ping overtakes fewer bytes than this without noticeable delay. */
const LARGE_BYTES = 16_384;

/** The number of beats per ping interval. */
export const BEATS_PER_PING = 3;

/** The bytes that a client has to take per ping interval, while bytes wait for it. */
const LEAST_PROGRESS_BYTES = 8_192;

/** A client may be without progress for this time, even when the ping interval is shorter: proxies hold bytes for a while. */
const LEAST_WAIT_MS = 10_000;

/** The next step for a socket: nothing, a ping, a look at the bytes that its client has taken, or its end. */
export type Verdict = "wait" | "ping" | "look" | "dead";

/** The last observed progress of a download. */
interface Progress {
  readonly deliveredBytes: number;
  readonly atMs: number;
  /** The number of looks since then. */
  looks: number;
}

/** The signs of life of one client. */
export class SignsOfLife {
  readonly #stream: Socket;
  #bytesRead = 0;
  /** The bytes that the server had written when it last saw bytes of the client. */
  #writtenBytes = 0;
  /** The number of beats since the last ping. The first beat pings. */
  #beatsSincePing = BEATS_PER_PING - 1;
  #hasAnswered = true;
  #progress: Progress | undefined;

  constructor(stream: Socket) {
    this.#stream = stream;
  }

  /**
   * Returns the next step. Call it `BEATS_PER_PING` times per ping interval.
   * @param isReading Whether the server reads from the client. Otherwise it sees no answer.
   */
  beat(isReading: boolean): Verdict {
    const { bytesRead } = this.#stream;
    this.#beatsSincePing += 1;
    if (bytesRead !== this.#bytesRead) {
      this.#bytesRead = bytesRead;
      this.#writtenBytes = this.#stream.bytesWritten;
      this.#hasAnswered = true;
    }
    const isPingDue = this.#beatsSincePing >= BEATS_PER_PING;
    const isSilent = isReading && !this.#hasAnswered;
    const isLarge = isSilent && this.#stream.bytesWritten - this.#writtenBytes >= LARGE_BYTES;
    if (isSilent && isPingDue && !isLarge) return "dead";
    if (isLarge || this.#stream.writableLength > 0) return "look";
    this.#progress = undefined;
    return this.#hasAnswered && isPingDue ? "ping" : "wait";
  }

  /** Remembers that the server has sent a ping. */
  pinged(): void {
    this.#beatsSincePing = 0;
    this.#hasAnswered = false;
  }

  /**
   * Looks at the bytes that the client has taken. Returns whether it has taken too few for too long.
   * @param queuedBytes The bytes that the kernel has yet to deliver.
   */
  isStuck(queuedBytes: number, nowMs: number): boolean {
    const delivered = deliveredBytes(this.#stream, queuedBytes);
    const since = this.#progress;
    if (since === undefined || delivered - since.deliveredBytes >= LEAST_PROGRESS_BYTES) {
      this.#progress = { deliveredBytes: delivered, atMs: nowMs, looks: 0 };
      return false;
    }
    since.looks += 1;
    return since.looks >= BEATS_PER_PING && nowMs - since.atMs >= LEAST_WAIT_MS;
  }
}
