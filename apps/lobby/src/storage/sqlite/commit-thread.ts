/** The SQLite thread. It waits for the disk, so that the main thread never does. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { sql } from "kysely";
import { OperatorError } from "../../shared/operator-error.ts";
import { migrate } from "../migrator.ts";
import { checkTables, checkWritable } from "../readiness.ts";
import type { Database } from "../schema.ts";
import { CallRunner } from "./call-runner.ts";
import type { Call, ThreadMessage, ThreadSettings } from "./calls.ts";
import { DatabaseFiles } from "./database-files.ts";
import { kyselyOn, openConnection } from "./database.ts";

const port = parentPort as MessagePort;
const { file } = workerData as ThreadSettings;

try {
  const { runner, applied } = await open();
  port.on("message", (call: Call) => runner.add(call));
  send({ lane: "writes", replies: [{ value: applied }] });
} catch (error) {
  const operatorCode = error instanceof OperatorError ? error.code : undefined;
  send({ lane: "writes", replies: [{ error: { message: (error as Error).message, operatorCode } }] });
}

async function open(): Promise<{ readonly runner: CallRunner; readonly applied: readonly string[] }> {
  try {
    const connection = openConnection(file);
    const db = kyselyOn<Database>(connection);
    const applied = await migrate(db);
    // SQLite opens a read-only file without an error.
    await checkWritable(db);
    await checkTables(db);
    // From now on, reads run while a write waits for the lock.
    await sql`PRAGMA busy_timeout = 0`.execute(db);
    const files = new DatabaseFiles(file);
    return { runner: new CallRunner({ db, files, takeArrived, send }), applied };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      "LOBBY_DATABASE_FILE",
      `Cannot use ${file} as the database (${(error as Error).message}). Make it a SQLite database that this user ` +
        "can write and that no other program locks, restore a backup, or choose another data folder with --data.",
    );
  }
}

/** Takes the calls that have arrived and that no event has delivered yet. */
function takeArrived(): Call[] {
  const calls: Call[] = [];
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    calls.push(next.message as Call);
  }
  return calls;
}

function send(message: ThreadMessage): void {
  port.postMessage(message);
}
