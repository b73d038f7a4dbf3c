/** Skeletons of names (UTS #39 §4): two names that readers take for each other have the same skeleton. */
import confusables from "unhomoglyph/data.json" with { type: "json" };

/** The prototype of each character that looks like another one, from Unicode's confusables.txt. */
const PROTOTYPES: Readonly<Record<string, string>> = confusables;

const HANGUL_OR_OTHER = /[\uac00-\ud7a3]+|[^\uac00-\ud7a3]+/g;

const HANGUL = /^[\uac00-\ud7a3]/;

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

const ONE_INVISIBLE = /^\p{Default_Ignorable_Code_Point}$/u;

const EMOJI_OR_INVISIBLE = /\p{RGI_Emoji}|\p{Default_Ignorable_Code_Point}/gv;

/** The request for the colourful form of an emoji. Many systems ignore it. */
const EMOJI_STYLE = "\ufe0f";

/**
 * Returns the skeleton of a name. Letters keep their case: `Lobby` and `lobby` are two names.
 *
 * Differs from UTS #39 in two places. Hangul syllables stay whole, because its rules would join `악기` and `아끼`, which
 * nobody confuses. Emoji keep their joiners and tags, because these change the picture.
 */
export function skeletonOf(name: string): string {
  return withoutInvisible(name.trim()).replaceAll(HANGUL_OR_OTHER, (part) =>
    HANGUL.test(part) ? part : prototypesOf(part),
  );
}

function withoutInvisible(name: string): string {
  // Few names get further: the first search for an emoji compiles a list of all emoji.
  if (!INVISIBLE.test(name)) return name;
  return name.replaceAll(EMOJI_OR_INVISIBLE, (found) =>
    ONE_INVISIBLE.test(found) ? "" : found.replaceAll(EMOJI_STYLE, ""),
  );
}

function prototypesOf(text: string): string {
  let prototypes = "";
  for (const character of text.normalize("NFD")) prototypes += PROTOTYPES[character] ?? character;
  return prototypes.normalize("NFD");
}
