import { readFileSync } from "node:fs";

const FILE_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * Counts the commits in the write-ahead log of a database, which shows what SQLite has really written to the disk.
 *
 * The last frame of a commit carries the size of the database. An open read transaction from before keeps SQLite from
 * removing frames in a checkpoint.
 * @see https://www.sqlite.org/fileformat.html#the_write_ahead_log
 */
export function countCommits(databaseFile: string): number {
  const log = readFileSync(`${databaseFile}-wal`);
  const pageBytes = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = FILE_HEADER_BYTES; at + FRAME_HEADER_BYTES <= log.length; at += FRAME_HEADER_BYTES + pageBytes) {
    const isCurrent = log.subarray(at + 8, at + 16).equals(salt);
    if (isCurrent && log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
