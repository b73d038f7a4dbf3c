import type { RoomName } from "@lobby/protocol";
import type { Person } from "../people/person.ts";

/** The client of a connection or a request. */
export interface Client {
  /** IPv4 or IPv6 text; empty on a unix socket. */
  readonly address: string;
  /** Whether many visitors probably share the address, because a proxy does not forward theirs. */
  readonly isUntrustedProxy: boolean;
}

/** A kind of HTTP request: a probe of the server, a page or file, or a change. No kind waits for another. */
export type TurnKind = "probe" | "read" | "write";

/** A check of everything that strangers can do in any number. A refusal says when the same attempt can succeed. */
export interface Gate {
  /**
   * Admits a connection.
   * @returns A function to call once at the end of the connection.
   * @throws {Refusal} LOBBY_TOO_MANY_CONNECTIONS or LOBBY_SERVER_BUSY.
   */
  connect(client: Client): () => void;
  /**
   * Admits a message, before anything reads its text.
   * @throws {Refusal} LOBBY_TOO_FAST, LOBBY_TOO_MANY_GUESTS, LOBBY_TOO_MANY_ROOMS or LOBBY_SERVER_BUSY.
   */
  post(person: Person, client: Client, room: RoomName): Promise<void>;
  /**
   * Admits a change of a person's own settings, such as their name. For the person, the settings count as a room.
   * @throws {Refusal} LOBBY_TOO_FAST, LOBBY_TOO_MANY_GUESTS or LOBBY_SERVER_BUSY.
   */
  change(person: Person, client: Client): Promise<void>;
  /**
   * Waits for the turn of an HTTP request among those of its kind, from its network and all others.
   * @returns A function to call once when the request has been handled.
   * @throws {Refusal} LOBBY_TOO_MANY_CONNECTIONS or LOBBY_SERVER_BUSY when too many wait.
   */
  takeTurn(client: Client, kind: TurnKind): Promise<() => void>;
  /** Admits the answer to a frame that Lobby refuses. @returns false when Lobby should close the connection instead. */
  answerRefused(person: Person, client: Client): boolean;
}

const nothing = (): void => undefined;

/** The gate without limits. */
export const OPEN_GATE: Gate = {
  connect: () => nothing,
  post: async () => undefined,
  change: async () => undefined,
  takeTurn: async () => nothing,
  answerRefused: () => true,
};
