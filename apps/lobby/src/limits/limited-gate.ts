import { networkOf, RateLimit } from "@lobby/channels";
import { AddressList } from "@lobby/channels-node";
import type { RoomName } from "@lobby/protocol";
import type { Person } from "../people/person.ts";
import type { PeopleStore } from "../people/ports.ts";
import type { RoomStore } from "../rooms/ports.ts";
import type { Clock } from "../shared/clock.ts";
import { Refusal } from "../shared/refusal.ts";
import { EstablishedGuests } from "./established-guests.ts";
import type { Client, Gate, TurnKind } from "./gate.ts";
import {
  ESTABLISHED_AFTER_MS,
  MAX_SCORES,
  MAXIMA,
  MAXIMUM_RETRY_AFTER_MS,
  RATES,
  type LimitName,
  type MaximumName,
  type RateName,
} from "./limits.ts";
import { OpenSockets } from "./open-sockets.ts";
import { RecentMap } from "./recent-map.ts";
import type { RefusalCounts } from "./refusal-counts.ts";
import { RequestTurns } from "./request-turns.ts";

/** How many guests and rooms stay in memory, so that most messages need no read of the store. */
const KNOWN_GUESTS = 50_000;
const KNOWN_ROOMS = 10_000;

/** The key of the limits for all visitors together. */
const EVERYONE = "";

/** The dependencies and settings of a `LimitedGate`. */
export interface LimitedGateOptions {
  readonly people: Pick<PeopleStore, "firstSpokeAtMs">;
  readonly rooms: Pick<RoomStore, "roomLike">;
  readonly clock: Clock;
  readonly refusals: RefusalCounts;
  /** Addresses and ranges without limits per network. */
  readonly exempt: readonly string[];
}

/** One count for a limit. */
interface Charge {
  readonly limit: RateName;
  readonly key: string;
  /** A higher rate than that of the limit. */
  readonly perSecond?: number;
}

const TOTAL_MESSAGES: Charge = { limit: "totalMessages", key: EVERYONE };

/** The gate with the limits of `limits.ts`, which decay. An attempt counts for all of its limits, or for none. */
export class LimitedGate implements Gate {
  readonly #options: LimitedGateOptions;
  readonly #limits: Readonly<Record<RateName, RateLimit>>;
  readonly #sockets = new OpenSockets();
  readonly #turns: Readonly<Record<TurnKind, RequestTurns>> = {
    probe: new RequestTurns(),
    read: new RequestTurns(),
    write: new RequestTurns(),
  };
  readonly #exemptions: AddressList;
  readonly #established = new EstablishedGuests();
  /** The times at which guests first spoke. */
  readonly #guests = new RecentMap<number>(KNOWN_GUESTS);
  readonly #rooms = new RecentMap<true>(KNOWN_ROOMS);

  constructor(options: LimitedGateOptions) {
    this.#options = options;
    this.#exemptions = new AddressList(options.exempt);
    this.#limits = rateLimits(() => options.clock.nowMs());
  }

  connect(client: Client): () => void {
    const network = this.#networkOf(client);
    if (network !== undefined) this.#refuseAbove("networkSockets", this.#sockets.of(network));
    this.#refuseAbove("totalSockets", this.#sockets.total);
    this.#take(shared("Handshakes", network));
    return this.#sockets.open(network ?? EVERYONE);
  }

  async post(person: Person, client: Client, room: RoomName): Promise<void> {
    const network = this.#networkOf(client);
    const charges: Charge[] = [{ limit: "personMessages", key: `${person.id} ${room}` }, TOTAL_MESSAGES];
    if (network !== undefined) charges.push(this.#messageFrom(network));
    if (this.#guests.get(person.id) === undefined || this.#rooms.get(room) === undefined) {
      // A refused message must not cost a read of the store.
      this.#refuseIfOver(charges);
      await Promise.all([this.#loadGuest(person.id), this.#loadRoom(room)]);
      // Another message may have opened the room meanwhile.
      if (this.#guests.get(person.id) === undefined) charges.push(...shared("Guests", network));
      if (this.#rooms.get(room) === undefined) charges.push(...shared("Rooms", network));
    }
    this.#take(charges);
    this.#rooms.set(room, true);
    this.#remember(person.id, network);
  }

  async change(person: Person, client: Client): Promise<void> {
    const network = this.#networkOf(client);
    const charges: Charge[] = [{ limit: "personMessages", key: person.id }, TOTAL_MESSAGES];
    if (network !== undefined) charges.push({ limit: "networkChanges", key: network });
    this.#refuseIfOver(charges);
    await this.#loadGuest(person.id);
    if (this.#guests.get(person.id) === undefined) charges.push(...shared("Guests", network));
    this.#take(charges);
    this.#remember(person.id, network);
  }

  async takeTurn(client: Client, kind: TurnKind): Promise<() => void> {
    const turns = this.#turns[kind];
    const network = this.#networkOf(client);
    if (network !== undefined) this.#refuseAbove("networkRequests", turns.of(network));
    this.#refuseAbove("totalRequests", turns.total);
    return turns.take(network ?? client.address);
  }

  answerRefused(person: Person, client: Client): boolean {
    const isAdmitted = this.#limits.networkRefusals.take(this.#networkOf(client) ?? person.id) === 0;
    if (!isAdmitted) this.#count("networkRefusals");
    return isAdmitted;
  }

  /** Returns the network of a client; undefined when no limit per network applies to it. */
  #networkOf({ address, isUntrustedProxy }: Client): string | undefined {
    return isUntrustedProxy || this.#exemptions.has(address) ? undefined : networkOf(address);
  }

  #messageFrom(network: string): Charge {
    const { count, seconds } = RATES.networkMessages;
    const established = this.#established.count(network, this.#options.clock.nowMs());
    return { limit: "networkMessages", key: network, perSecond: count / seconds + established };
  }

  /** Reads whether a guest has spoken, unless the gate knows it. */
  async #loadGuest(id: string): Promise<void> {
    if (this.#guests.get(id) !== undefined) return;
    const firstSpokeAtMs = await this.#options.people.firstSpokeAtMs(id);
    if (firstSpokeAtMs !== undefined) this.#guests.set(id, firstSpokeAtMs);
  }

  /** Reads whether a room is open, unless the gate knows it. */
  async #loadRoom(room: RoomName): Promise<void> {
    if (this.#rooms.get(room) !== undefined) return;
    if ((await this.#options.rooms.roomLike(room)) === room) this.#rooms.set(room, true);
  }

  /** Remembers that a guest speaks now. A guest and a room are new once, also when the store then refuses the entry. */
  #remember(id: string, network: string | undefined): void {
    const nowMs = this.#options.clock.nowMs();
    const firstSpokeAtMs = this.#guests.get(id);
    if (firstSpokeAtMs === undefined) this.#guests.set(id, nowMs);
    else if (network !== undefined && nowMs - firstSpokeAtMs > ESTABLISHED_AFTER_MS) {
      this.#established.add(network, id, nowMs);
    }
  }

  /** Counts an attempt. @throws {Refusal} When one of its limits is exceeded; none counts it then. */
  #take(charges: readonly Charge[]): void {
    this.#refuseIfOver(charges);
    for (const { limit, key, perSecond } of charges) this.#limits[limit].take(key, perSecond);
  }

  /** @throws {Refusal} The limit with the longest wait. */
  #refuseIfOver(charges: readonly Charge[]): void {
    let longestMs = 0;
    let reached: RateName | undefined;
    for (const { limit, key, perSecond } of charges) {
      const waitMs = this.#limits[limit].waitMs(key, perSecond);
      if (waitMs <= longestMs) continue;
      longestMs = waitMs;
      reached = limit;
    }
    if (reached === undefined) return;
    this.#count(reached);
    throw new Refusal(RATES[reached].code, longestMs);
  }

  #refuseAbove(maximum: MaximumName, open: number): void {
    const { most, code } = MAXIMA[maximum];
    if (open < most) return;
    this.#count(maximum);
    throw new Refusal(code, MAXIMUM_RETRY_AFTER_MS);
  }

  #count(limit: LimitName): void {
    this.#options.refusals.add(limit, this.#options.clock.nowMs());
  }
}

/** Returns the charges of an attempt for its network and for all visitors together. */
function shared(what: "Handshakes" | "Guests" | "Rooms", network: string | undefined): readonly Charge[] {
  const total: Charge = { limit: `total${what}`, key: EVERYONE };
  return network === undefined ? [total] : [{ limit: `network${what}`, key: network }, total];
}

function rateLimits(nowMs: () => number): Readonly<Record<RateName, RateLimit>> {
  const limits = Object.entries(RATES).map(([name, { burst, count, seconds }]) => [
    name,
    new RateLimit({ burst, perSecond: count / seconds, maxKeys: MAX_SCORES, nowMs }),
  ]);
  return Object.fromEntries(limits) as Record<RateName, RateLimit>;
}
