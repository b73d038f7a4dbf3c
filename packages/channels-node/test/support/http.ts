/** HTTP as clients speak it. */
import { soon } from "./deadline.ts";

/** `fetch`, which does not wait for ever. */
export function ask(url: string, init?: RequestInit): Promise<Response> {
  return soon(fetch(url, init), `an answer from ${url}`);
}
