/** The lines that the framework writes to the console when the developer sets no hook. */

/** The bytes that may wait for the reader of standard error. The framework drops and counts further lines. */
const MAX_WAITING_BYTES = 1_048_576;

/** The part of Node's globals that says how much waits. Other platforms, such as browsers, do not have it. */
interface NodeGlobals {
  readonly process?: { readonly stderr?: { readonly writableLength?: number } };
}

let lost = 0;

/**
 * Writes a line to the console. In Node, it drops the line while 1 MiB waits for the reader of standard error, and a
 * later line is preceded by the number of dropped ones.
 */
export function logToConsole(level: "error" | "warn", text: string, error: unknown): void {
  const waitingBytes = (globalThis as NodeGlobals).process?.stderr?.writableLength ?? 0;
  if (waitingBytes > MAX_WAITING_BYTES) {
    lost += 1;
    return;
  }
  if (lost > 0) console.warn(`${lost} lines were lost, because nobody read standard error.`);
  lost = 0;
  console[level](text, error);
}
