import { validateHeaderName, validateHeaderValue } from "node:http";
import type { ReplyHeaders } from "@lobby/channels";

/** Returns whether an answer names another protocol. Its Connection header then has to say `Upgrade` (RFC 9110 §7.8). */
export function offersUpgrade(lines: readonly (readonly [name: string, value: string])[]): boolean {
  return lines.some(([name]) => name.toLowerCase() === "upgrade");
}

/** The header lines that an application appends to its answer. */
export class ReplyHeaderLines implements ReplyHeaders {
  #lines: [name: string, value: string][] | undefined = [];

  append(name: string, value: string): boolean {
    if (this.#lines === undefined) return false;
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this.#lines.push([name, value]);
    return true;
  }

  /** Returns the lines for the answer. After this call, `append` returns false. */
  take(): readonly (readonly [name: string, value: string])[] {
    const lines = this.#lines ?? [];
    this.#lines = undefined;
    return lines;
  }
}
