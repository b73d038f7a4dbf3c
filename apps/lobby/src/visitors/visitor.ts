import type { Cookies, CookieScope, Middleware, RequestHeaders, Signer } from "@lobby/channels";
import { phrasesIn, preferredLanguage, type Language } from "../locale/languages.ts";
import type { Phrases } from "../locale/phrases.ts";
import { guestTag, type Person } from "../people/person.ts";
import type { Clock } from "../shared/clock.ts";

const COOKIE_NAME = "lobby_guest";

/** Browsers keep a cookie for at most 400 days. */
const COOKIE_MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/** The age at which the server replaces a cookie, so that it never expires for a regular visitor. */
const RENEW_AFTER_SECONDS = 30 * 24 * 60 * 60;

/** The scope after `visitors`. */
export interface VisitorScope {
  readonly visitor: Visitor;
}

/** The dependencies and settings of `visitors`. */
export interface VisitorOptions {
  /** Signs the ids in the cookies. */
  readonly signer: Signer;
  readonly clock: Clock;
  /** True when a proxy speaks TLS with the visitors, so that every cookie must be `Secure`. */
  readonly isAlwaysSecure: boolean;
}

/** Returns a middleware that adds `scope.visitor`. It needs `cookies()` before it. */
export function visitors(
  options: VisitorOptions,
): Middleware<CookieScope & { readonly headers: RequestHeaders; readonly url: URL }, VisitorScope> {
  return ({ cookies, headers, url }) => {
    const isSecure = options.isAlwaysSecure || url.protocol === "https:" || url.protocol === "wss:";
    return { visitor: new Visitor(options, cookies, preferredLanguage(headers.get("accept-language")), isSecure) };
  };
}

/** The visitor who sent a request: a language, and on demand an identity in a signed cookie. */
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

  /** The phrases in the visitor's language. */
  get phrases(): Phrases {
    return phrasesIn(this.language);
  }

  /** Returns the visitor's id. Returns undefined for a new visitor, who stays without an identity. */
  async knownId(): Promise<string | undefined> {
    return (await this.#known())?.id;
  }

  /**
   * Returns the visitor's identity, and creates it for a new visitor. The response then sets the cookie, as it does
   * for a cookie that is older than 30 days. Robots and health checks never need an identity, so they get no cookie.
   */
  async guest(): Promise<Person> {
    const nowSeconds = Math.floor(this.#options.clock.nowMs() / 1000);
    const known = await this.#known();
    const id = known?.id ?? crypto.randomUUID();
    if (known === undefined || nowSeconds - known.issuedAtSeconds > RENEW_AFTER_SECONDS) {
      this.#cookies.set(COOKIE_NAME, await this.#options.signer.sign(`${id}.${nowSeconds}`), {
        maxAgeSeconds: COOKIE_MAX_AGE_SECONDS,
        secure: this.#isSecure,
      });
    }
    return { id, guestName: this.phrases.guestName(guestTag(id)) };
  }

  async #known(): Promise<KnownGuest | undefined> {
    return parse(await this.#options.signer.check(this.#cookies.get(COOKIE_NAME) ?? ""));
  }
}

/** The identity in a cookie. */
interface KnownGuest {
  readonly id: string;
  readonly issuedAtSeconds: number;
}

function parse(value: string | undefined): KnownGuest | undefined {
  const [id, issuedAt] = value?.split(".") ?? [];
  return id === undefined || issuedAt === undefined ? undefined : { id, issuedAtSeconds: Number(issuedAt) };
}
