import type { IncomingMessage } from "node:http";
import type { RequestHeaders } from "@lobby/channels";

/** The headers of a request. Names and values alternate in one flat list, because every open connection keeps it. */
export class IncomingHeaders implements RequestHeaders {
  readonly #list: readonly (string | readonly string[] | undefined)[];

  constructor(headers: IncomingMessage["headers"]) {
    this.#list = Object.entries(headers).flat(1);
  }

  get(name: string): string | null {
    const wanted = name.toLowerCase();
    for (let index = 0; index < this.#list.length; index += 2) {
      if (this.#list[index] !== wanted) continue;
      const value = this.#list[index + 1];
      return typeof value === "string" ? value : (value?.join(", ") ?? null);
    }
    return null;
  }
}
