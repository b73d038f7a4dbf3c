import { Denial, type ConsumerReport, type RequestHeaders } from "@lobby/channels";
import { ConfigurationError, describeValue, failureOf, type ClientAddress } from "@lobby/channels/server";
import type { RequestFacts } from "./request-facts.ts";

/** A request or a handshake that has just arrived. The names are those of a scope. */
export interface Arrival {
  /** `websocket` for a handshake; `http` for a request, which also opens an event stream. */
  readonly type: "http" | "websocket";
  readonly url: URL;
  readonly headers: RequestHeaders;
  /** The address of the client. Behind trusted proxies, the address that they forward. */
  readonly client: ClientAddress;
}

/** A function that the server calls once, when an admitted request or connection has ended for any reason. */
export type Release = () => void;

/**
 * A decision about each request and handshake, before it reaches middleware or costs more than its head. A denial is the
 * answer. Undefined and a function admit the client; the function lets the application count what is open.
 */
export type Admit = (arrival: Arrival) => Denial | Release | undefined;

/** The options of a server that an `Admission` uses. */
interface AdmissionOptions {
  readonly admit?: Admit;
  readonly onReport: (report: ConsumerReport) => void;
}

/** The `admit` of a server for one type of arrivals. It reports the errors of `admit`, and never throws. */
export class Admission {
  readonly #type: Arrival["type"];
  readonly #admit: Admit | undefined;
  readonly #report: (report: ConsumerReport) => void;

  constructor(type: Arrival["type"], { admit, onReport }: AdmissionOptions) {
    this.#type = type;
    this.#admit = admit;
    this.#report = onReport;
  }

  /** Returns the decision about an arrival: a 500 when `admit` throws, and undefined without `admit`. */
  decide({ url, headers, client }: RequestFacts): Denial | Release | undefined {
    if (this.#admit === undefined) return undefined;
    try {
      const decision: unknown = this.#admit({ type: this.#type, url, headers, client });
      if (decision === undefined || decision instanceof Denial) return decision;
      if (typeof decision === "function") return decision as Release;
      throw new ConfigurationError(
        `Expected \`admit\` to return a Denial, a function or undefined, got ${describeValue(decision)}.`,
      );
    } catch (error) {
      const { denial, level } = failureOf(error, "The server failed to answer");
      if (level !== undefined) this.#report({ level, source: this.#type, operation: "admit", error });
      return denial;
    }
  }

  /** Releases an admitted arrival that has ended. */
  release(release: Release): void {
    try {
      release();
    } catch (error) {
      this.#report({ level: "error", source: this.#type, operation: "admit", error });
    }
  }
}
