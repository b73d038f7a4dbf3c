/**
 * Who is asking: a guest whose identity lasts in a signed cookie. It is made
 * when it is first needed, so that robots and health checks leave no trace.
 */
import type { CookieScope, Cookies, Middleware, RequestHeaders, Signer } from "@lobby/channels";
import { guestTag } from "../domain/people.ts";
import { preferredLanguage, type Language } from "../locale/languages.ts";
import { messagesIn, type Messages } from "../locale/messages.ts";

const COOKIE_NAME = "lobby_guest";

/** Browsers keep no cookie for longer than 400 days. */
const COOKIE_MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/** A cookie older than this is handed out anew, so that it outlives whoever keeps coming. */
const RENEW_AFTER_SECONDS = 30 * 24 * 60 * 60;

/** Somebody with an identity. */
export interface Guest {
  readonly id: string;
  /** What they are called as long as they have set no nickname. */
  readonly guestName: string;
}

/** What `visitors` adds to a scope. */
export interface VisitorScope {
  readonly visitor: Visitor;
}

/** What makes visitors of requests. */
export interface VisitorOptions {
  readonly signer: Signer;
  readonly nowMs: () => number;
  /** Whether visitors reach the server over TLS although it does not speak TLS itself. */
  readonly isAlwaysSecure: boolean;
}

/** Adds `scope.visitor`; needs `cookies()` before it. */
export function visitors(
  options: VisitorOptions,
): Middleware<CookieScope & { readonly headers: RequestHeaders; readonly url: URL }, VisitorScope> {
  return ({ cookies, headers, url }) => {
    const isSecure = options.isAlwaysSecure || url.protocol === "https:" || url.protocol === "wss:";
    return { visitor: new Visitor(options, cookies, preferredLanguage(headers.get("accept-language")), isSecure) };
  };
}

/** One request's visitor. */
export class Visitor {
  readonly language: Language;
  readonly #options: VisitorOptions;
  readonly #cookies: Cookies;
  readonly #isSecure: boolean;

  constructor(options: VisitorOptions, cookies: Cookies, language: Language, isSecure: boolean) {
    this.#options = options;
    this.#cookies = cookies;
    this.language = language;
    this.#isSecure = isSecure;
  }

  /** The sentences of the visitor's language. */
  get messages(): Messages {
    return messagesIn(this.language);
  }

  /** The visitor's identity. One that is new or due for renewal goes out with the answer, as a cookie. */
  async guest(): Promise<Guest> {
    const nowSeconds = Math.floor(this.#options.nowMs() / 1000);
    const known = parse(await this.#options.signer.check(this.#cookies.get(COOKIE_NAME) ?? ""));
    const id = known?.id ?? crypto.randomUUID();
    if (known === undefined || nowSeconds - known.issuedAtSeconds > RENEW_AFTER_SECONDS) {
      this.#cookies.set(COOKIE_NAME, await this.#options.signer.sign(`${id}.${nowSeconds}`), {
        maxAgeSeconds: COOKIE_MAX_AGE_SECONDS,
        secure: this.#isSecure,
      });
    }
    return { id, guestName: this.messages.guestName(guestTag(id)) };
  }
}

function parse(value: string | undefined): { readonly id: string; readonly issuedAtSeconds: number } | undefined {
  const [id, issuedAt] = value?.split(".") ?? [];
  return id === undefined || issuedAt === undefined ? undefined : { id, issuedAtSeconds: Number(issuedAt) };
}
