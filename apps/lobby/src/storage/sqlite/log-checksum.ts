/** SQLite's checksum of its write-ahead log. @see https://www.sqlite.org/fileformat.html#the_write_ahead_log */
export class LogChecksum {
  #first = 0;
  #second = 0;

  /** Adds the bytes from `start` to `end`, a multiple of 8 bytes, as 32-bit numbers. */
  add(data: DataView, start: number, end: number, isLittleEndian: boolean): void {
    let first = this.#first;
    let second = this.#second;
    for (let at = start; at < end; at += 8) {
      first = (first + data.getInt32(at, isLittleEndian) + second) | 0;
      second = (second + data.getInt32(at + 4, isLittleEndian) + first) | 0;
    }
    this.#first = first;
    this.#second = second;
  }

  /** Tells whether the 8 bytes at `at` are this checksum. */
  isAt(data: DataView, at: number, isLittleEndian: boolean): boolean {
    return data.getInt32(at, isLittleEndian) === this.#first && data.getInt32(at + 4, isLittleEndian) === this.#second;
  }
}
