import { english } from "./en.ts";
import { korean } from "./ko.ts";
import type { Phrases } from "./phrases.ts";

const LANGUAGES = ["en", "ko"] as const;

/** A language that Lobby supports. */
export type Language = (typeof LANGUAGES)[number];

const PHRASES: Readonly<Record<Language, Phrases>> = { en: english, ko: korean };

/** Returns the phrases of a language. */
export function phrasesIn(language: Language): Phrases {
  return PHRASES[language];
}

/** The part of a header that is read, in characters. Browsers send far less. */
const MAX_EXAMINED = 1_000;

/**
 * Returns the supported language with the highest quality in an `Accept-Language` header, or English without one.
 * @see RFC 9110 §12.5.4.
 */
export function preferredLanguage(header: string | null): Language {
  let best: { readonly language: Language; readonly quality: number } | undefined;
  for (const range of (header ?? "").slice(0, MAX_EXAMINED).split(",")) {
    const [tag = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const language = LANGUAGES.find((supported) => supported === tag.split("-")[0]);
    const quality = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
    if (language !== undefined && quality > (best?.quality ?? 0)) best = { language, quality };
  }
  return best?.language ?? "en";
}
