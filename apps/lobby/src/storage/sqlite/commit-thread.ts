/**
 * The SQLite thread. It waits for the disk, so that the main thread never does.
 * Every entry that arrives during a commit joins the next commit, so commits grow with the load.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Kysely } from "kysely";
import { OperatorError } from "../../shared/operator-error.ts";
import type { EntryDraft } from "../../rooms/entry.ts";
import { migrate } from "../migrator.ts";
import { firstSpokeAtMs, nickname, setNickname } from "../queries/people.ts";
import { appendEntries, exists, latestEntries, recentRooms } from "../queries/rooms.ts";
import { checkWritable } from "../readiness.ts";
import type { Database } from "../schema.ts";
import type { Call, Reply, ThreadSettings } from "./calls.ts";
import { openDatabase } from "./database.ts";

/** Every method but `append`, whose calls share commits. */
const QUERIES = {
  latestEntries,
  exists,
  recentRooms,
  nickname,
  firstSpokeAtMs,
  setNickname,
  check: checkWritable,
} satisfies Record<Exclude<Call["name"], "append">, unknown>;

const port = parentPort as MessagePort;
const { file } = workerData as ThreadSettings;

const queue: Call[] = [];
let isRunning = false;

try {
  const { db, applied } = await open();
  port.on("message", (call: Call) => {
    queue.push(call);
    if (!isRunning) void run(db);
  });
  reply([{ value: applied }]);
} catch (error) {
  reply([failure(error)]);
}

async function open(): Promise<{ readonly db: Kysely<Database>; readonly applied: readonly string[] }> {
  try {
    const db = openDatabase<Database>(file);
    const applied = await migrate(db);
    // SQLite opens a read-only file without an error.
    await checkWritable(db);
    return { db, applied };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      "LOBBY_DATABASE_FILE",
      `Cannot use ${file} as the database (${(error as Error).message}). Make it a SQLite database that this user ` +
        "can write and that no other program locks, restore a backup, or choose another data folder with --data.",
    );
  }
}

async function run(db: Kysely<Database>): Promise<void> {
  isRunning = true;
  for (let call = takeNext(); call !== undefined; call = takeNext()) {
    if (call.name === "append") await commit(db, [call, ...takeAppends()]);
    else await answer(db, call.name, call.args);
  }
  isRunning = false;
}

/** Takes the oldest call, after all calls that have arrived are in the queue. */
function takeNext(): Call | undefined {
  for (let arrived = receiveMessageOnPort(port); arrived !== undefined; arrived = receiveMessageOnPort(port)) {
    queue.push(arrived.message as Call);
  }
  return queue.shift();
}

/** Takes the appends at the front of the queue. It stops at the first other call, which must see them committed. */
function takeAppends(): Call[] {
  const end = queue.findIndex((call) => call.name !== "append");
  return queue.splice(0, end === -1 ? queue.length : end);
}

async function commit(db: Kysely<Database>, calls: readonly Call[]): Promise<void> {
  try {
    const entries = await appendEntries(
      db,
      calls.map((call) => call.args[0] as EntryDraft),
    );
    reply(entries.map((value) => ({ value })));
  } catch (error) {
    reply(calls.map(() => failure(error)));
  }
}

async function answer(db: Kysely<Database>, name: keyof typeof QUERIES, args: readonly unknown[]): Promise<void> {
  try {
    const query = QUERIES[name] as (db: Kysely<Database>, ...rest: readonly unknown[]) => Promise<unknown>;
    reply([{ value: await query(db, ...args) }]);
  } catch (error) {
    reply([failure(error)]);
  }
}

function failure(error: unknown): Reply {
  const operatorCode = error instanceof OperatorError ? error.code : undefined;
  return { error: { message: error instanceof Error ? error.message : String(error), operatorCode } };
}

function reply(replies: readonly Reply[]): void {
  port.postMessage(replies);
}
