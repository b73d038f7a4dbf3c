/**
 * The thread that SQLite lives in, so that waiting for the disk holds up
 * nobody. Whatever arrives while one commit is under way goes into the next:
 * the busier, the more messages share a commit.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import type { EntryDraft } from "../../services/ports.ts";
import { OperatorError } from "../../operator-error.ts";
import { KyselyStore } from "../kysely-store.ts";
import { migrate } from "../migrator.ts";
import type { Database } from "../schema.ts";
import type { Call, Reply, WorkerSettings } from "./calls.ts";
import { openDatabase } from "./database.ts";

const port = parentPort as MessagePort;
const { file } = workerData as WorkerSettings;

const queue: Call[] = [];
let isRunning = false;

try {
  const { store, applied } = await open();
  port.on("message", (call: Call) => {
    queue.push(call);
    if (!isRunning) void run(store);
  });
  reply({ id: 0, value: applied });
} catch (error) {
  reply(failure(0, error));
}

async function open(): Promise<{ readonly store: KyselyStore; readonly applied: readonly string[] }> {
  try {
    const db = openDatabase<Database>(file);
    const applied = await migrate(db);
    const store = new KyselyStore(db);
    // SQLite opens a file that cannot be written as if all were well.
    await store.check();
    return { store, applied };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      "LOBBY_DATABASE_FILE",
      `Cannot use ${file} as the database (${(error as Error).message}). Make it a SQLite database that this user ` +
        "can write and no other program holds, restore a backup, or choose another data folder with --data.",
    );
  }
}

async function run(store: KyselyStore): Promise<void> {
  isRunning = true;
  for (let call = next(); call !== undefined; call = next()) {
    if (call.name === "append") await commit(store, [call, ...takeAppends()]);
    else await answer(store, call);
  }
  isRunning = false;
}

/** The next call, with everything that has arrived by now behind it in the queue. */
function next(): Call | undefined {
  for (let arrived = receiveMessageOnPort(port); arrived !== undefined; arrived = receiveMessageOnPort(port)) {
    queue.push(arrived.message as Call);
  }
  return queue.shift();
}

/** The appends at the front of the queue. What stands behind another call stays behind it. */
function takeAppends(): Call[] {
  const end = queue.findIndex((call) => call.name !== "append");
  return queue.splice(0, end === -1 ? queue.length : end);
}

async function commit(store: KyselyStore, calls: readonly Call[]): Promise<void> {
  try {
    const entries = await store.appendAll(calls.map((call) => call.args[0] as EntryDraft));
    port.postMessage(calls.map(({ id }, index): Reply => ({ id, value: entries[index] })));
  } catch (error) {
    port.postMessage(calls.map(({ id }) => failure(id, error)));
  }
}

async function answer(store: KyselyStore, { id, name, args }: Call): Promise<void> {
  try {
    const method = store[name as Exclude<Call["name"], "append">] as (...given: readonly unknown[]) => Promise<unknown>;
    reply({ id, value: await method.apply(store, args as unknown[]) });
  } catch (error) {
    reply(failure(id, error));
  }
}

function failure(id: number, error: unknown): Reply {
  const operatorCode = error instanceof OperatorError ? error.code : undefined;
  return { id, error: { message: error instanceof Error ? error.message : String(error), operatorCode } };
}

function reply(one: Reply): void {
  port.postMessage([one]);
}
