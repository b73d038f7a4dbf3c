import { BrokenBodyError, Denial, MalformedPathError, type RequestHeaders } from "@lobby/channels";
import { phrasesIn, preferredLanguage } from "../locale/languages.ts";
import { refusalSentence, type Phrases } from "../locale/phrases.ts";
import { Refusal, type RefusalCode } from "../shared/refusal.ts";

/** The HTTP statuses of refusals. Every other refusal has 400. */
const STATUSES: Partial<Record<RefusalCode, number>> = {
  LOBBY_ROOM_NAME_CONFUSABLE: 409,
  LOBBY_TOO_FAST: 429,
  LOBBY_TOO_MANY_CONNECTIONS: 429,
  LOBBY_TOO_MANY_ROOMS: 429,
  LOBBY_TOO_MANY_GUESTS: 429,
  LOBBY_NOT_READABLE: 503,
  LOBBY_SERVER_BUSY: 503,
  LOBBY_NOT_STORED: 503,
};

/**
/**
 * Returns the denial for an error of the visitor, with a sentence of these phrases, and with `Retry-After` when a retry
 * can succeed.
 * @throws {unknown} Every other error, again.
 */
export function visitorDenial(error: unknown, phrases: Phrases): Denial {
  if (error instanceof BrokenBodyError) return new Denial(error.status, phrases.errors.brokenBody);
  if (error instanceof MalformedPathError) return new Denial(400, phrases.errors.badAddress);
  if (!(error instanceof Refusal)) throw error;
  const { code, retryAfterMs } = error;
  const headers = retryAfterMs === undefined ? {} : { "Retry-After": String(Math.ceil(retryAfterMs / 1000)) };
  return new Denial(STATUSES[code] ?? 400, refusalSentence(phrases, error), { headers });
}

/**
 * Returns the same denial for a request whose visitor is not known yet, in the language of its headers.
 * @throws {unknown} Every error that is not the visitor's, again.
 */
export function requestDenial(error: unknown, headers: RequestHeaders): Denial {
  return visitorDenial(error, phrasesIn(preferredLanguage(headers.get("accept-language"))));
}
