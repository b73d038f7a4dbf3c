import { readSync } from "node:fs";
import { endianness } from "node:os";
import { LogChecksum } from "./log-checksum.ts";

/** The part of the index that says how far SQLite is. The rest says where the pages are in the log. */
const BYTES = 136;
const HEADER_BYTES = 48;
const IS_LITTLE_ENDIAN = endianness() === "LE";

/** A process may write the header during an attempt to read it. */
const ATTEMPTS = 10;

/**
 * The state of the write-ahead log after the latest commit or checkpoint, by any process. SQLite keeps it at the start
 * of the file `-shm`, in memory that its processes share.
 * @see https://www.sqlite.org/walformat.html#the_wal_index_file_format
 */
export class LogIndex {
  readonly #data: DataView;

  private constructor(data: DataView) {
    this.#data = data;
  }

  /** Reads the index. Returns undefined when it is damaged, and SQLite will build it anew from the log. */
  static read(handle: number): LogIndex | undefined {
    const bytes = Buffer.alloc(BYTES);
    const data = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      readSync(handle, bytes, 0, BYTES, 0);
      const copy = bytes.subarray(HEADER_BYTES, 2 * HEADER_BYTES);
      if (!bytes.subarray(0, HEADER_BYTES).equals(copy)) continue;
      const isInitialized = bytes[12] === 1;
      const checksum = new LogChecksum();
      checksum.add(data, 0, 40, IS_LITTLE_ENDIAN);
      return isInitialized && checksum.isAt(data, 40, IS_LITTLE_ENDIAN) ? new LogIndex(data) : undefined;
    }
    return undefined;
  }

  /** The number of frames in the log, which are the pages of its commits; 0 when every commit is in the database. */
  get frames(): number {
    return this.#number(16);
  }

  get pageBytes(): number {
    const bytes = this.#data.getUint16(14, IS_LITTLE_ENDIAN);
    return bytes === 1 ? 65_536 : bytes;
  }

  /** Whether the checksums in the log are those of numbers that begin with their lowest byte. */
  get isLogLittleEndian(): boolean {
    return this.#data.getUint8(13) === 0;
  }

  /** Whether a checkpoint is moving commits from the log into the database. */
  get isCheckpointing(): boolean {
    return this.#number(96) < this.#number(128);
  }

  /** Tells whether the checksum of all frames is this one. */
  isChecksum(checksum: LogChecksum): boolean {
    return checksum.isAt(this.#data, 24, IS_LITTLE_ENDIAN);
  }

  /** Tells whether the 8 bytes at `at` are the salt of this log. Each restart of a log after a checkpoint changes it. */
  isSaltAt(data: DataView, at: number): boolean {
    return data.getInt32(at) === this.#data.getInt32(32) && data.getInt32(at + 4) === this.#data.getInt32(36);
  }

  /** Tells whether the log has not restarted between this state and another one. */
  isOfSameLog(other: LogIndex): boolean {
    return this.isSaltAt(other.#data, 32);
  }

  /** Tells whether no process has committed or moved anything between this state and another one. */
  isSameProgress(other: LogIndex): boolean {
    return this.isOfSameLog(other) && [8, 16, 24, 28, 96, 128].every((at) => this.#number(at) === other.#number(at));
  }

  #number(at: number): number {
    return this.#data.getUint32(at, IS_LITTLE_ENDIAN);
  }
}
