/** HTTP as clients speak it. */
import { soon } from "@lobby/test-support/waiting";

/** `fetch`, which does not wait for ever. */
export function ask(url: string, init?: RequestInit): Promise<Response> {
  return soon(fetch(url, init), `an answer from ${url}`);
}
