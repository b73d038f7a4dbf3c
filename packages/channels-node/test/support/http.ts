import { soon } from "@lobby/test-support/waiting";

/** Sends a request as `fetch` does, with the deadline of `soon`. */
export function ask(url: string, init?: RequestInit): Promise<Response> {
  return soon(fetch(url, init), `an answer from ${url}`);
}
