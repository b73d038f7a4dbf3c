/** What SQLite has really written to the disk: the frames of its write-ahead log. */
import { readFileSync } from "node:fs";

const FILE_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * How many commits the log of a database holds: frames that carry the size of
 * the database, which is how SQLite marks the last frame of a commit.
 *
 * Nothing is lost to a checkpoint as long as a reader, begun before, keeps the log.
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
