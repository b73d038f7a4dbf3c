/** Which language a visitor reads. */

/** The languages that Lobby speaks. */
export type Language = "en" | "ko";

/**
 * The language that an Accept-Language header likes best; English when it
 * names neither or none.
 * @see RFC 9110 §12.5.4.
 */
export function preferredLanguage(header: string | null): Language {
  let best: { readonly language: Language; readonly quality: number } | undefined;
  for (const range of (header ?? "").split(",")) {
    const [tag = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const language = tag.split("-")[0];
    const quality = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
    if (language !== "en" && language !== "ko") continue;
    if (quality > (best?.quality ?? 0)) best = { language, quality };
  }
  return best?.language ?? "en";
}
