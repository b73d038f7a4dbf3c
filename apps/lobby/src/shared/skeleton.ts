/** Skeletons of names (UTS #39 §4): two names that readers take for each other have the same skeleton. */
import { EMOJI } from "@lobby/protocol";
import confusables from "unhomoglyph/data.json" with { type: "json" };

/** The prototype of each character that looks like another one, from Unicode's confusables.txt. */
const PROTOTYPES: Readonly<Record<string, string>> = confusables;

const HANGUL_OR_OTHER = /[\uac00-\ud7a3]+|[^\uac00-\ud7a3]+/g;

const HANGUL = /^[\uac00-\ud7a3]/;

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

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
  // Few names get further, and need the list of all emoji.
  if (name.search(INVISIBLE) === -1) return name;
  let visible = "";
  let end = 0;
  for (const { 0: emoji, index } of name.matchAll(EMOJI)) {
    visible += name.slice(end, index).replaceAll(INVISIBLE, "") + emoji.replaceAll(EMOJI_STYLE, "");
    end = index + emoji.length;
  }
  return visible + name.slice(end).replaceAll(INVISIBLE, "");
}

function prototypesOf(text: string): string {
  let prototypes = "";
  for (const character of text.normalize("NFD")) prototypes += PROTOTYPES[character] ?? character;
  return prototypes.normalize("NFD");
}
