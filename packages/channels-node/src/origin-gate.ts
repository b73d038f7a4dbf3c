import { originCheck, type OriginCheck, originDenial, OriginRefusedError, WarnOnce } from "@lobby/channels/server";
import type { AllowedOrigins, Denial } from "@lobby/channels";
import type { RequestFacts } from "./request-facts.ts";

/** The maximum number of warnings, so that requests with many origins cannot fill the log or the memory. */
const MAX_WARNED_ORIGINS = 100;

/** A check of the origin of handshakes. It warns the operator once per refused origin, in case a setting is missing. */
export class OriginGate {
  readonly #isAllowed: OriginCheck;
  readonly #allowed: AllowedOrigins;
  readonly #warnings = new WarnOnce(MAX_WARNED_ORIGINS);
  readonly #warn: (error: OriginRefusedError, facts: RequestFacts) => void;

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when the rule is malformed. */
  constructor(allowed: AllowedOrigins, warn: (error: OriginRefusedError, facts: RequestFacts) => void) {
    this.#isAllowed = originCheck(allowed);
    this.#allowed = allowed;
    this.#warn = warn;
  }

  /** Returns the denial of a page whose origin is not allowed. */
  denialOf(facts: RequestFacts): Denial | undefined {
    const origin = facts.headers.get("origin");
    if (this.#isAllowed(origin, facts.host)) return undefined;
    if (origin !== null && this.#warnings.isFirst(origin)) {
      this.#warn(new OriginRefusedError(origin, facts.host ?? "", [this.#allowed].flat().join(", ")), facts);
    }
    return originDenial();
  }
}
