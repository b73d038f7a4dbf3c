/** The standard streams of the process. Their reader can be slow or gone, and their disk can be full. */
import { OperatorError } from "../shared/operator-error.ts";

/** The time that an error message gets when the command ends. */
const PRINT_TIMEOUT_MS = 1_000;

/** A stream as Node implements it for pipes, sockets and terminals. */
interface StreamWithHandle {
  readonly _handle?: { setBlocking?(isBlocking: boolean): void };
}

/**
 * Lets every write to standard error return at once, also the writes of Node and of other threads.
 * Node makes writes to a terminal wait, and offers no public way to change that.
 */
export function unblockStandardError(): void {
  const { _handle: handle } = process.stderr as StreamWithHandle;
  handle?.setBlocking?.(false);
  ignoreErrors(process.stderr);
}

/**
 * Prints a line on standard output, and resolves when it is written. A reader that has left has what it needs.
 * @throws {OperatorError} LOBBY_CANNOT_PRINT for any other error, such as that of a full disk.
 */
export async function print(line: string): Promise<void> {
  const error = await write(process.stdout, line);
  if (error === undefined || error.code === "EPIPE") return;
  throw new OperatorError(
    "LOBBY_CANNOT_PRINT",
    `Standard output accepts no text (${error.code ?? error.message}). Free its disk, or redirect it elsewhere.`,
  );
}

/** Prints a text on standard error. Resolves when it is written, after an error, or after one second. */
export async function printError(text: string): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, PRINT_TIMEOUT_MS).unref();
  await Promise.race([write(process.stderr, text), timeout]);
}

function write(stream: NodeJS.WriteStream, line: string): Promise<NodeJS.ErrnoException | undefined> {
  ignoreErrors(stream);
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>();
  stream.write(`${line}\n`, (error) => resolve(error ?? undefined));
  return promise;
}

/** An error of a stream without a listener ends the process. The callback of each write reports the error as well. */
function ignoreErrors(stream: NodeJS.WriteStream): void {
  stream.off("error", ignore).on("error", ignore);
}

function ignore(): void {
  // Intentionally empty.
}
