/** Matches each emoji of a text. All code shares this pattern, because it is a list of all emoji and compiles slowly. */
export const EMOJI: RegExp = /\p{RGI_Emoji}/gv;
