/** Path patterns: `/ws/chat/:room/` and what they capture. */
import { ConfigurationError, MalformedPathError, quote } from "../errors.ts";

/**
 * The parameters in a path literal: `"/ws/chat/:room/"` gives `{ room: string }`.
 */
export type PathParams<Path extends string> = {
  readonly [Name in ParamNames<Path>]: string;
};

type ParamNames<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? ParamName<Segment> | ParamNames<Rest>
  : ParamName<Path>;

type ParamName<Segment extends string> = Segment extends `:${infer Name}` ? Name : never;

/**
 * The text of one path segment as it stood in the address.
 *
 * A `%` that does not begin an escape is itself: people type `/chat/50%/`, and
 * browsers send it so.
 * @throws {MalformedPathError} CHANNELS_MALFORMED_PATH when the escapes are not UTF-8.
 */
export function decodePathSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment.replaceAll(/%(?![0-9a-f]{2})/gi, "%25"));
  } catch {
    throw new MalformedPathError(segment);
  }
}

/** What a match consumed: the captured texts, and the path behind it for a nested router. */
export interface PathMatch {
  readonly params: Readonly<Record<string, string>>;
  readonly rest: string;
}

/** `:name`, named as a variable may be; or text without what means something else in the patterns of other frameworks. */
const SEGMENT = /^(?::[\p{ID_Start}$_][\p{ID_Continue}$]*|(?!:)[^*?#{}<>()[\]\\]*)$/u;

/** A compiled pattern. */
export class PathPattern {
  readonly path: string;
  readonly #segments: readonly string[];

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when the path is not a pattern. */
  constructor(path: string) {
    if (!path.startsWith("/")) {
      throw new ConfigurationError(`Expected a path that starts with "/", got ${quote(path)}.`);
    }
    this.path = path;
    this.#segments = path.slice(1).split("/");
    const flaw = this.#segments.find((segment) => !SEGMENT.test(segment));
    if (flaw !== undefined) {
      throw new ConfigurationError(
        `Expected each part of ${quote(path)} to be text or a parameter such as ":name", got ${quote(flaw)}. ` +
          "There are no wildcards, optional parts, types or regular expressions: " +
          "write a route for each form, and check a parameter where it is used.",
      );
    }
    const names = this.#segments.filter((segment) => segment.startsWith(":"));
    if (new Set(names).size < names.length) {
      throw new ConfigurationError(`Expected every parameter of ${quote(path)} to have a name of its own.`);
    }
  }

  /**
   * Matches an encoded path. A pattern that ends in `/` also matches as the
   * beginning of a longer path when `prefix` is set.
   * @throws {MalformedPathError} CHANNELS_MALFORMED_PATH when a part that is looked at is not UTF-8.
   */
  match(path: string, prefix: boolean): PathMatch | undefined {
    const parts = path.slice(1).split("/");
    const { length } = this.#segments;
    if (parts.length !== length && !(prefix && this.path.endsWith("/") && parts.length > length)) return undefined;
    const params: Record<string, string> = {};
    for (const [index, segment] of this.#segments.entries()) {
      if (prefix && index === length - 1 && segment === "") continue;
      const encoded = parts[index] ?? "";
      const part = decodePathSegment(encoded);
      if (segment.startsWith(":")) params[segment.slice(1)] = part;
      else if (segment !== part && segment !== encoded) return undefined;
    }
    return { params, rest: `/${parts.slice(length - 1).join("/")}` };
  }
}
