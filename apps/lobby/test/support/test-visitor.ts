import { attributesOf } from "./html.ts";

/** A visitor without a browser: keeps the cookie, reads one language, does not follow redirects. */
export class TestVisitor {
  readonly #origin: string;
  readonly #headers: Record<string, string>;

  constructor(origin: string, headers: Readonly<Record<string, string>> = {}) {
    this.#origin = origin;
    this.#headers = { ...headers };
  }

  /** The headers of every request. */
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

  /** Returns the visitor's id. The first request creates it. */
  async id(): Promise<string> {
    return attributesOf(await this.html("/chat/anywhere/"), "data-me")[0] ?? "";
  }

  /** Sends the nickname form. */
  rename(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.fetch("/me", { method: "POST", body: new URLSearchParams(fields), headers: { ...headers } });
  }

  /** Returns the visitor's name on a room's page. */
  async name(): Promise<string | undefined> {
    return attributesOf(await this.html("/chat/anywhere/"), "value")[0];
  }
}
