/**
 * Every limit on what one person, one network and all visitors together may do. `docs/limits.md` has the same table.
 * A network is an IPv4 address or an IPv6 /64.
 */
import type { TemporaryCode } from "@lobby/protocol";

/** A limit on how often something may happen: `burst` at once, then `count` in each `seconds`. */
export interface Rate {
  readonly burst: number;
  readonly count: number;
  readonly seconds: number;
  /** The code of the refusal. */
  readonly code: TemporaryCode;
}

/** A limit on how many may be open at once. */
export interface Maximum {
  readonly most: number;
  readonly code: TemporaryCode;
}

/** A thing that a rate limits. */
export type RateName =
  | "personMessages"
  | "networkMessages"
  | "networkChanges"
  | "networkRooms"
  | "networkGuests"
  | "networkHandshakes"
  | "networkRefusals"
  | "totalMessages"
  | "totalRooms"
  | "totalGuests"
  | "totalHandshakes";

/** A thing that a maximum limits. */
export type MaximumName =
  | "networkSockets"
  | "totalSockets"
  | "networkConnections"
  | "totalConnections"
  | "networkRequests"
  | "totalRequests";

export type LimitName = RateName | MaximumName;

/**
 * The rates. The limits of a network let a class of 40 and a conference of 2,000 share an address. The totals bound the
 * work and the memory that an owner of many networks can cause, and so the number of scores in memory.
 */
export const RATES: Readonly<Record<RateName, Rate>> = {
  /** The messages of one person in one room, and their changes of settings. */
  personMessages: { burst: 10, count: 1, seconds: 1, code: "LOBBY_TOO_FAST" },
  /** Established guests add to this rate. */
  networkMessages: { burst: 60, count: 10, seconds: 1, code: "LOBBY_TOO_FAST" },
  /** Changes of a name or another setting. Everyone at a conference may choose a name. */
  networkChanges: { burst: 600, count: 30, seconds: 1, code: "LOBBY_TOO_FAST" },
  networkRooms: { burst: 10, count: 20, seconds: 3_600, code: "LOBBY_TOO_MANY_ROOMS" },
  networkGuests: { burst: 300, count: 5, seconds: 1, code: "LOBBY_TOO_MANY_GUESTS" },
  networkHandshakes: { burst: 500, count: 50, seconds: 1, code: "LOBBY_TOO_MANY_CONNECTIONS" },
  /** Frames that Lobby answers with an error. Above it, Lobby closes the connection. */
  networkRefusals: { burst: 10_000, count: 500, seconds: 1, code: "LOBBY_TOO_FAST" },
  totalMessages: { burst: 5_000, count: 2_000, seconds: 1, code: "LOBBY_SERVER_BUSY" },
  totalRooms: { burst: 1_000, count: 5, seconds: 1, code: "LOBBY_SERVER_BUSY" },
  totalGuests: { burst: 2_000, count: 50, seconds: 1, code: "LOBBY_SERVER_BUSY" },
  totalHandshakes: { burst: 10_000, count: 2_000, seconds: 1, code: "LOBBY_SERVER_BUSY" },
};

export const MAXIMA: Readonly<Record<MaximumName, Maximum>> = {
  networkSockets: { most: 2_500, code: "LOBBY_TOO_MANY_CONNECTIONS" },
  totalSockets: { most: 25_000, code: "LOBBY_SERVER_BUSY" },
  /** TCP connections, with those that have sent no request. The server itself counts them. */
  networkConnections: { most: 5_000, code: "LOBBY_TOO_MANY_CONNECTIONS" },
  totalConnections: { most: 30_000, code: "LOBBY_SERVER_BUSY" },
  /** HTTP requests that wait for their turn. */
  networkRequests: { most: 2_500, code: "LOBBY_TOO_MANY_CONNECTIONS" },
  totalRequests: { most: 10_000, code: "LOBBY_SERVER_BUSY" },
};

/** The number of scores that each rate keeps. The totals keep the real number below it. */
export const MAX_SCORES = 100_000;

/** When to try again after a maximum, because nobody knows when a connection will end. */
export const MAXIMUM_RETRY_AFTER_MS = 10_000;

/** A guest is established this long after they first said something. */
export const ESTABLISHED_AFTER_MS = 10 * 60 * 1000;

/** Each established guest of a network adds one message a second to its rate, up to this number of guests. */
export const MAX_ESTABLISHED_GUESTS = 200;
