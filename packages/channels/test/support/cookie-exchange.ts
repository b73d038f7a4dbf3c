/** The part of a scope that the middleware for cookies and sessions needs. */
import { Cookies, type CookieScope } from "@lobby/channels";

/** The cookies of one request, and those that its response sets until the response is sent. */
export class CookieExchange {
  readonly setCookies: string[] = [];
  #isOver = false;
  readonly scope: CookieScope;

  constructor(cookieHeader: string | null = null) {
    const append = (_name: string, value: string): boolean => {
      if (!this.#isOver) this.setCookies.push(value);
      return !this.#isOver;
    };
    this.scope = { cookies: new Cookies(cookieHeader, { append }) };
  }

  /** Sends the response. Further headers are ignored. */
  end(): void {
    this.#isOver = true;
  }

  /** The `Cookie` header that a browser would send with its next request. */
  get cookieHeader(): string {
    const kept = new Map<string, string>();
    for (const line of this.setCookies) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
      if (line.includes("Max-Age=0")) kept.delete(name);
      else kept.set(name, value);
    }
    return [...kept].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}
