import { fstatSync, openSync, readSync } from "node:fs";
import { LogChecksum } from "./log-checksum.ts";
import { LogIndex } from "./log-index.ts";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const CHUNK_BYTES = 262_144;

/** The state of the file: when something last changed it, and its size. */
interface FileState {
  readonly changedAtNs: bigint;
  readonly bytes: bigint;
}

/**
 * The write-ahead log of an open database: the commits that are not in the database yet. SQLite reads its checksums only
 * when it opens the log, and then drops every commit from the first wrong one on.
 */
export class CommitLog {
  readonly #handle: number;
  /** Stays open as long as the thread: when a process closes a file, the system releases SQLite's locks on it. */
  readonly #indexHandle: number;
  #index: LogIndex;
  #known: FileState;
  #damaged: FileState | undefined;

  constructor(databaseFile: string) {
    this.#handle = openSync(`${databaseFile}-wal`, "r");
    this.#indexHandle = openSync(`${databaseFile}-shm`, "r");
    const index = LogIndex.read(this.#indexHandle);
    if (index === undefined) throw new Error("the index of its write-ahead log is damaged");
    this.#index = index;
    this.#known = this.#state();
  }

  /** The state after the latest commit or checkpoint, by any process. */
  get index(): LogIndex {
    return LogIndex.read(this.#indexHandle) ?? this.#index;
  }

  /** Tells whether the log has all its commits. Reads it only when it has changed since the last `accept`. */
  isIntact(): boolean {
    const state = this.#state();
    if (this.#damaged !== undefined && isSame(state, this.#damaged)) return false;
    return isSame(state, this.#known) || this.#check(state);
  }

  /** Tells whether the log has all its commits, and reads all of it. */
  isIntactThroughout(): boolean {
    return this.#check(this.#state());
  }

  /**
   * Takes the state after an own commit as intact. Reads only the first bytes of the log.
   * @returns False when they are damaged.
   */
  accept(): boolean {
    const state = this.#state();
    if (!this.#matches(false)) return false;
    this.#known = state;
    this.#index = this.index;
    return true;
  }

  #check(state: FileState): boolean {
    const isIntact = this.#matches(true);
    if (isIntact) {
      this.#known = state;
      this.#index = this.index;
    }
    this.#damaged = isIntact ? undefined : state;
    return isIntact;
  }

  /** Compares the log with its index, and again when another process has restarted the log meanwhile. */
  #matches(withFrames: boolean): boolean {
    for (;;) {
      const index = this.index;
      if (index.frames === 0 || this.#has(index, withFrames ? index.frames : 0)) return true;
      if (this.index.isOfSameLog(index)) return false;
    }
  }

  /** Tells whether the log begins with the header and the frames that the index describes. */
  #has(index: LogIndex, frames: number): boolean {
    const isLittleEndian = index.isLogLittleEndian;
    const checksum = new LogChecksum();
    const header = this.#read(0, HEADER_BYTES);
    if (header === undefined || !index.isSaltAt(header, 16)) return false;
    checksum.add(header, 0, 24, isLittleEndian);
    if (!checksum.isAt(header, 24, false)) return false;

    const frameBytes = FRAME_HEADER_BYTES + index.pageBytes;
    const framesPerChunk = Math.ceil(CHUNK_BYTES / frameBytes);
    for (let done = 0; done < frames; done += framesPerChunk) {
      const count = Math.min(framesPerChunk, frames - done);
      const chunk = this.#read(HEADER_BYTES + done * frameBytes, count * frameBytes);
      if (chunk === undefined) return false;
      for (let at = 0; at < chunk.byteLength; at += frameBytes) {
        if (!index.isSaltAt(chunk, at + 8)) return false;
        checksum.add(chunk, at, at + 8, isLittleEndian);
        checksum.add(chunk, at + FRAME_HEADER_BYTES, at + frameBytes, isLittleEndian);
        if (!checksum.isAt(chunk, at + 16, false)) return false;
      }
    }
    return frames === 0 || index.isChecksum(checksum);
  }

  #read(position: number, bytes: number): DataView | undefined {
    const buffer = Buffer.allocUnsafe(bytes);
    if (readSync(this.#handle, buffer, 0, bytes, position) < bytes) return undefined;
    return new DataView(buffer.buffer, buffer.byteOffset, bytes);
  }

  #state(): FileState {
    // Every change of the file sets this time. Programs cannot set it back, as they can the time of modification.
    const { ctimeNs, size } = fstatSync(this.#handle, { bigint: true });
    return { changedAtNs: ctimeNs, bytes: size };
  }
}

function isSame(one: FileState, other: FileState): boolean {
  return one.changedAtNs === other.changedAtNs && one.bytes === other.bytes;
}
