/** Somebody with a browser: keeps the cookie, speaks one language, does not follow redirects. */
import { attributesOf } from "./html.ts";

/** See the head of this file. */
export class Visitor {
  readonly #origin: string;
  readonly #headers: Record<string, string>;

  constructor(origin: string, headers: Readonly<Record<string, string>> = {}) {
    this.#origin = origin;
    this.#headers = { ...headers };
  }

  /** What goes out with every request. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...this.#headers, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(this.#origin + path, { redirect: "manual", ...init, headers });
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) this.#headers["cookie"] = cookie.split(";")[0] ?? "";
    return response;
  }

  async html(path: string): Promise<string> {
    return (await this.fetch(path)).text();
  }

  /** The id behind the cookie, which begins here when there is none. */
  async id(): Promise<string> {
    return attributesOf(await this.html("/chat/anywhere/"), "data-me")[0] ?? "";
  }

  /** Sends the form of the nickname. */
  rename(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.fetch("/me", { method: "POST", body: new URLSearchParams(fields), headers: { ...headers } });
  }

  /** What a room calls the visitor. */
  async name(): Promise<string | undefined> {
    return attributesOf(await this.html("/chat/anywhere/"), "value")[0];
  }
}
