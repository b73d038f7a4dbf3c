/**
 * The characters that show nothing, as a part of a character class in a regular expression: those that Unicode calls
 * default ignorable, and further fillers, blanks, annotations, format controls and joining marks without a shape.
 */
export const INVISIBLE: string =
  String.raw`\p{Default_Ignorable_Code_Point}\u2800\u2d7f\ufff9-\ufffc\u{1107f}\u{13430}-\u{1343f}` +
  String.raw`\u{13441}\u{13442}\u{16fe4}\u{1bc9d}\u{1d159}`;
