import type { RoomName } from "@lobby/protocol";
import type { Person } from "../people/person.ts";

/** The client of a connection or a request. */
export interface Client {
  /** IPv4 or IPv6 text; empty on a unix socket. */
  readonly address: string;
  /** Whether many visitors probably share the address, because a proxy does not forward theirs. */
  readonly isUntrustedProxy: boolean;
}

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
  /** Admits the answer to a frame that Lobby refuses. @returns false when Lobby should close the connection instead. */
  answerRefused(person: Person, client: Client): boolean;
}

const nothing = (): void => undefined;

/** The gate without limits. */
export const OPEN_GATE: Gate = {
  connect: () => nothing,
  post: async () => undefined,
  change: async () => undefined,
  answerRefused: () => true,
};
