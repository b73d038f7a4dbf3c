/** Path patterns such as `/ws/chat/:room/`, and the parameters that they capture. */
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError, MalformedPathError } from "../errors.ts";
import { checkText } from "../internal/check-options.ts";

/**
 * Decodes one segment of a path. Keeps a `%` without two hexadecimal digits, because browsers send `/chat/50%/` as typed.
 * @throws {MalformedPathError} CHANNELS_MALFORMED_PATH when the escapes are not UTF-8.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the segment is not text.
 */
export function decodePathSegment(segment: string): string {
  checkText("segment", segment);
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment.replaceAll(/%(?![0-9a-f]{2})/gi, "%25"));
  } catch {
    throw new MalformedPathError(segment);
  }
}

/** A match of a path: the captured parameters, and the rest of the path for a nested router. */
export interface PathMatch {
  readonly params: Readonly<Record<string, string>>;
  readonly rest: string;
}

/** A segment: a parameter `:name` with the name of a variable, or text without the special characters of other frameworks. */
const SEGMENT = /^(?::[\p{ID_Start}$_][\p{ID_Continue}$]*|(?!:)[^*?#{}<>()[\]\\]*)$/u;

/** A compiled pattern. */
export class PathPattern {
  readonly path: string;
  readonly #segments: readonly string[];

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when the path is not a valid pattern. */
  constructor(path: string) {
    if (typeof path !== "string" || !path.startsWith("/")) {
      throw new ConfigurationError(`Expected a path that starts with "/", got ${describeValue(path)}.`);
    }
    this.path = path;
    this.#segments = path.slice(1).split("/");
    const flaw = this.#segments.find((segment) => !SEGMENT.test(segment));
    if (flaw !== undefined) {
      throw new ConfigurationError(
        `Expected each part of ${quote(path)} to be text or a parameter such as ":name", got ${quote(flaw)}. ` +
          "Wildcards, optional parts, types and regular expressions are not supported: " +
          "write a route for each form, and check a parameter where you use it.",
      );
    }
    const names = this.#segments.filter((segment) => segment.startsWith(":"));
    const repeated = names.find((name, index) => names.indexOf(name) < index);
    if (repeated !== undefined) {
      throw new ConfigurationError(
        `Expected the parameters of ${quote(path)} to have different names, got ${quote(repeated)} twice. Rename one of them.`,
      );
    }
    // Objects do not keep this name: an assignment would change their prototype.
    if (names.includes(":__proto__")) {
      throw new ConfigurationError(
        `Expected the parameters of ${quote(path)} to have names that objects keep, got ":__proto__". Rename it.`,
      );
    }
  }

  /**
   * Matches an encoded path.
   * @param prefix Whether a pattern that ends in `/` also matches the beginning of a longer path.
   * @returns the match; undefined when the path does not match.
   * @throws {MalformedPathError} CHANNELS_MALFORMED_PATH when a segment that the pattern compares is not UTF-8.
   */
  match(path: string, prefix: boolean): PathMatch | undefined {
    const { length } = this.#segments;
    // A path can have thousands of segments, and each of many routes compares it.
    const parts = path.slice(1).split("/", length + 1);
    if (parts.length !== length && !(prefix && this.path.endsWith("/") && parts.length > length)) return undefined;
    const params: Record<string, string> = {};
    let restAt = 0;
    for (const [index, segment] of this.#segments.entries()) {
      if (prefix && index === length - 1 && segment === "") continue;
      const encoded = parts[index] ?? "";
      if (index < length - 1) restAt += encoded.length + 1;
      const part = decodePathSegment(encoded);
      if (segment.startsWith(":")) params[segment.slice(1)] = part;
      else if (segment !== part && segment !== encoded) return undefined;
    }
    return { params, rest: path.slice(restAt) };
  }
}
