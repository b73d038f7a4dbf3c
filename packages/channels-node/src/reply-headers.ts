import { validateHeaderName, validateHeaderValue } from "node:http";
import type { ReplyHeaders } from "@lobby/channels";

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
