/** Describes values that arrived from outside, for the messages of errors. */

/** The longest text in a message, in UTF-16 code units: a hostile value must not flood a log. */
const MAX_QUOTED = 100;

/** Returns text in double quotes and on one line. Cuts it after 100 UTF-16 code units. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}

/**
 * Returns a description of a wrong value: text in quotes, "a list", "an object", "a Date", "a function", or any other
 * value as code, such as `null` in backticks.
 */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : kindOf(value);
  return `\`${String(value)}${typeof value === "bigint" ? "n" : ""}\``;
}

/** Returns the name of an object's class, or "Object" when it has none. */
export function classNameOf(object: object): string {
  // Not the object's own property: `{"constructor": …}` may arrive as JSON.
  const prototype = Object.getPrototypeOf(object) as object | null;
  const name: unknown = prototype?.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "Object";
}

function kindOf(object: object): string {
  const name = classNameOf(object);
  return name === "Object" ? "an object" : `${/^[AEIOU]/i.test(name) ? "an" : "a"} ${quote(name).slice(1, -1)}`;
}
