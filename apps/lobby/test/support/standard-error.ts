/** Places for the standard error of a command that accept nothing, or stop to accept. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { until } from "@lobby/test-support/waiting";
import type { Cleanup } from "./cleanup.ts";

/** Returns a command that runs another one with its standard error in this file. */
export function errorsTo(file: string): readonly string[] {
  return ["sh", "-c", 'exec "$@" 2>>"$0"', file];
}

/** A named pipe whose other end the test reads when it wants. */
export class Pipe {
  readonly file: string = path.join(temporaryFolder(), "pipe");
  #descriptor: number | undefined;

  constructor() {
    execFileSync("sh", ["-c", 'mkfifo "$0"', this.file]);
    this.open();
  }

  /** Opens the end for reading. */
  open(): void {
    this.#descriptor = openSync(this.file, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** Closes the end for reading. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Returns the text that waits in the pipe. */
  read(): string {
    const chunk = Buffer.alloc(65_536);
    let text = "";
    for (;;) {
      try {
        const length = readSync(this.#descriptor ?? -1, chunk);
        if (length === 0) return text;
        text += chunk.toString("latin1", 0, length);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EAGAIN") return text;
        throw error;
      }
    }
  }
}

/** Returns the device of a terminal that shows nothing, as after Ctrl+S. */
export async function pausedTerminal(cleanup: Cleanup): Promise<string> {
  const file = path.join(temporaryFolder(), "name");
  const terminal = spawn("sh", ["-c", 'exec script -qc "tty > $0; exec sleep 600" /dev/null', file], {
    stdio: "ignore",
  });
  cleanup.after(() => void terminal.kill("SIGKILL"));
  const name = (): string => {
    try {
      return readFileSync(file, "utf8").trim();
    } catch {
      return "";
    }
  };
  await until(() => name() !== "", "a terminal");
  terminal.kill("SIGSTOP");
  return name();
}
