import assert from "node:assert/strict";
import { open, rename } from "node:fs/promises";
import { test } from "node:test";
import type { Kysely } from "kysely";
import { migrate } from "../../../src/storage/migrator.ts";
import { checkWritable } from "../../../src/storage/readiness.ts";
import type { Database } from "../../../src/storage/schema.ts";
import { DatabaseFiles } from "../../../src/storage/sqlite/database-files.ts";
import { kyselyOn, openConnection } from "../../../src/storage/sqlite/database.ts";
import { StoreHealth, type StoreNotice } from "../../../src/storage/sqlite/health.ts";
import { NotStoredError, Writer } from "../../../src/storage/sqlite/writer.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { newDatabaseFile } from "../../support/store.ts";

const IOERR_FSYNC = 1_034;
const IOERR_WRITE = 778;
const DISK_FAILED = "The disk of the database failed. Check the disk, and the limits of this user on it.";

/** A writer on a real database, whose disk a test can break. */
class Bench {
  readonly notices: StoreNotice[] = [];
  readonly probedBytes: number[] = [];
  readonly health = new StoreHealth((notice) => void this.notices.push(notice));
  readonly file: string = newDatabaseFile();
  /** The error of the next probes; undefined lets them commit. */
  probeError: Error | undefined;
  declare db: Kysely<Database>;
  declare writer: Writer;

  static async open(cleanup: Cleanup): Promise<Bench> {
    const bench = new Bench();
    const connection = openConnection(bench.file);
    bench.db = kyselyOn<Database>(connection);
    cleanup.after(() => bench.db.destroy());
    await migrate(bench.db);
    await checkWritable(bench.db);
    bench.writer = new Writer({
      files: new DatabaseFiles(bench.file),
      health: bench.health,
      probe: async (bytes) => {
        bench.probedBytes.push(bytes);
        if (bench.probeError !== undefined) throw bench.probeError;
        await checkWritable(bench.db, bytes);
      },
      whileLocked: async () => undefined,
    });
    return bench;
  }

  write(transaction: () => Promise<unknown>, bytes = 10): Promise<unknown> {
    return this.writer.run({ transaction, bytes: () => bytes, calls: 1 });
  }
}

function diskError(errcode: number): Error {
  return Object.assign(new Error("disk I/O error"), { errcode });
}

test("a commit whose end may be on the disk has an unknown outcome, and the next write waits for a probe", async (t) => {
  const bench = await Bench.open(t);
  bench.probeError = diskError(IOERR_FSYNC);
  await assert.rejects(
    bench.write(() => Promise.reject(diskError(IOERR_FSYNC))),
    (error: Error) =>
      !(error instanceof NotStoredError) && error.message === `The outcome of a commit is unknown. ${DISK_FAILED}`,
  );
  let attempts = 0;
  const next = (): Promise<unknown> => bench.write(async () => (attempts += 1));
  await assert.rejects(next(), NotStoredError);
  assert.equal(attempts, 0);
  bench.probeError = undefined;
  await next();
  assert.equal(attempts, 1);
  assert.deepEqual(bench.notices, [
    { level: "error", message: `The store refuses changes. ${DISK_FAILED}` },
    { level: "info", message: "The store accepts changes again.", refusedCount: 1 },
  ]);
});

test("a commit with such an error has certainly stored nothing when a probe can overwrite its end", async (t) => {
  const bench = await Bench.open(t);
  await assert.rejects(
    bench.write(() => Promise.reject(diskError(IOERR_FSYNC))),
    NotStoredError,
  );
  assert.equal(bench.health.problem, undefined);
});

test("a commit that could not write has certainly stored nothing", async (t) => {
  const bench = await Bench.open(t);
  await assert.rejects(
    bench.write(() => Promise.reject(diskError(IOERR_WRITE))),
    NotStoredError,
  );
  assert.deepEqual(bench.probedBytes, []);
  assert.equal(bench.health.problem, DISK_FAILED);
});

test("a probe needs at least as much space as the largest failed write", async (t) => {
  const bench = await Bench.open(t);
  bench.probeError = diskError(IOERR_WRITE);
  const fail = (): Promise<never> => Promise.reject(diskError(IOERR_WRITE));
  await assert.rejects(bench.write(fail, 1_000));
  await assert.rejects(bench.write(fail, 100_000));
  await assert.rejects(bench.write(fail, 10));
  assert.ok((bench.probedBytes.at(-1) ?? 0) > 1_000);
  bench.probeError = undefined;
  await bench.writer.probe();
  await bench.writer.probe();
  assert.equal(bench.probedBytes.at(-1), 0);
});

test("a commit into a file that is no longer at its place is not acknowledged", async (t) => {
  const bench = await Bench.open(t);
  await assert.rejects(
    bench.write(() => rename(bench.file, `${bench.file}.elsewhere`)),
    { message: /^The outcome of a commit is unknown\. The file lobby\.sqlite was deleted or moved\./ },
  );
  await assert.rejects(
    bench.write(async () => undefined),
    NotStoredError,
  );
});

/** Overwrites a part of the log of commits, as `dd conv=notrunc` does. */
async function damageLog(bench: Bench, position: number): Promise<void> {
  await using log = await open(`${bench.file}-wal`, "r+");
  await log.write(Buffer.alloc(24, 0xa5), 0, 24, position);
}

test("a commit during which the header of the log was overwritten is not acknowledged", async (t) => {
  const bench = await Bench.open(t);
  const change = async (): Promise<void> => {
    await checkWritable(bench.db);
    await damageLog(bench, 0);
  };
  await assert.rejects(bench.write(change), {
    message: /^The outcome of a commit is unknown\. Another program has overwritten or truncated lobby\.sqlite-wal\./,
  });
  await assert.rejects(
    bench.write(async () => undefined),
    NotStoredError,
  );
});

test("a probe finds a page of the log that was overwritten during a commit", async (t) => {
  const bench = await Bench.open(t);
  await bench.write(async () => {
    await checkWritable(bench.db);
    await damageLog(bench, 32 + 500);
  });
  await assert.rejects(bench.writer.probe(), NotStoredError);
  assert.match(bench.health.problem ?? "", /^Another program has overwritten or truncated lobby\.sqlite-wal\./);
  await assert.rejects(
    bench.write(async () => undefined),
    NotStoredError,
  );
});
