/** The parts of a scope that middleware of cookies and sessions needs. */
import { Cookies, type CookieScope } from "@lobby/channels";

/** A request's cookies, and what its answer sets as long as it has not been sent. */
export class Handshake {
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

  /** The answer goes out: it is too late for more headers. */
  end(): void {
    this.#isOver = true;
  }

  /** What a browser sends back the next time, of the cookies it was asked to keep. */
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
