/**
 * Reads the header `Forwarded` from its end, because the last element is that of the nearest proxy. Malformed text of a
 * client at its beginning thus cannot hide the elements of proxies.
 * @see RFC 7239 §4.
 */

/** The parameters of one element, with names in lower case. Undefined: the element is malformed. */
export type ForwardedElement = ReadonlyMap<string, string> | undefined;

/** One parameter and the semicolon after it. A value with a colon or brackets needs quotes, but some proxies omit them. */
const PARAMETER = /\s*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*(?:;|$)/y;

/** Yields the elements, the last one first. Skips empty ones. */
export function* elementsFromEnd(header: string): Generator<ForwardedElement> {
  for (let end = header.length; end >= 0;) {
    const comma = lastComma(header, end);
    const element = header.slice(comma + 1, end).trim();
    if (element !== "") yield parseElement(element);
    end = comma;
  }
}

/** Returns the index of the last comma before `end` that is outside quotes; -1 without one. */
function lastComma(header: string, end: number): number {
  let isQuoted = false;
  for (let index = end - 1; index >= 0; index -= 1) {
    const character = header[index];
    if (character === '"' && !isEscaped(header, index)) isQuoted = !isQuoted;
    else if (character === "," && !isQuoted) return index;
  }
  return -1;
}

/** Returns whether an odd number of backslashes stands before a character. */
function isEscaped(header: string, index: number): boolean {
  let first = index;
  while (header[first - 1] === "\\") first -= 1;
  return (index - first) % 2 === 1;
}

function parseElement(element: string): ForwardedElement {
  const parameters = new Map<string, string>();
  for (let index = 0; index < element.length; index = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = index;
    const [, name = "", quoted, token = ""] = PARAMETER.exec(element) ?? [];
    const key = name.toLowerCase();
    if (key === "" || parameters.has(key)) return undefined;
    parameters.set(key, quoted?.replace(/\\(.)/g, "$1") ?? token);
  }
  return parameters;
}
