/** The cookie that carries the identity of a guest: a signed id under a name of its own for each server. */
import type { Cookies, Signer } from "@lobby/channels";

/** The name before it had the tag of the data folder. Every Lobby of a host shared it. */
const OLD_NAME = "lobby_guest";

/** Browsers keep a cookie for at most 400 days. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/** A UUID, a time in seconds, and a signature. */
const SIGNED_ID = /^[\da-f-]{36}\.\d{1,12}\.[\w-]{43}$/;

/** A browser can send several cookies of one name, with different paths and domains. Each check costs a signature. */
const MAX_CHECKED_VALUES = 4;

/** The identity in a cookie. */
export interface KnownGuest {
  readonly id: string;
  readonly issuedAtSeconds: number;
  /** The name of the cookie. */
  readonly cookie: string;
}

/** The settings of the cookie. */
export interface GuestCookieOptions {
  /** Signs the ids in the cookies. */
  readonly signer: Signer;
  /** Distinguishes the cookies of this server from those of the other servers on its host: letters and digits. */
  readonly folderTag: string;
}

/** The guest cookies of one server. */
export class GuestCookie {
  readonly #signer: Signer;
  readonly #plainName: string;
  readonly #hostName: string;

  constructor({ signer, folderTag }: GuestCookieOptions) {
    this.#signer = signer;
    this.#plainName = `${OLD_NAME}_${folderTag}`;
    // Browsers accept this prefix only from the host itself, so no other host of its domain can set the cookie.
    this.#hostName = `__Host-${this.#plainName}`;
  }

  /** Returns the identity in the first cookie with a valid signature; undefined when there is none. */
  async read(cookies: Cookies, isSecure: boolean): Promise<KnownGuest | undefined> {
    for (const cookie of [this.nameOf(isSecure), ...(isSecure ? [this.#plainName] : []), OLD_NAME]) {
      const candidates = cookies.getAll(cookie).filter((value) => SIGNED_ID.test(value));
      for (const candidate of candidates.slice(0, MAX_CHECKED_VALUES)) {
        const [id, issuedAt] = (await this.#signer.check(candidate))?.split(".") ?? [];
        if (id !== undefined) return { id, issuedAtSeconds: Number(issuedAt), cookie };
      }
    }
    return undefined;
  }

  /** Adds the cookie of an identity to the response, and deletes the cookie of another name that carried it. */
  async write(cookies: Cookies, isSecure: boolean, { id, issuedAtSeconds, cookie }: KnownGuest): Promise<void> {
    const name = this.nameOf(isSecure);
    const signed = await this.#signer.sign(`${id}.${issuedAtSeconds}`);
    cookies.set(name, signed, { maxAgeSeconds: MAX_AGE_SECONDS, secure: isSecure });
    if (cookie !== name) cookies.delete(cookie, { secure: isSecure });
  }

  /** Returns the name of the cookie. */
  nameOf(isSecure: boolean): string {
    return isSecure ? this.#hostName : this.#plainName;
  }
}
