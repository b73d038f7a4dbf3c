/**
 * A room in which one member talks: it keeps so many messages in flight and sends
 * the next when one has come back to it. The sender is the middle member, so a
 * server that goes through a room from either end has served half of it then.
 */
import type { Client, OnMessages } from "./client.ts";
import type { Swarm } from "./swarm.ts";
import { Traffic } from "./traffic.ts";
import { until } from "./until.ts";

/** See the head of this file. */
export class Room {
  readonly traffic: Traffic;
  readonly members: Client[] = [];
  /** Messages sent so far. */
  sent = 0;
  /** Bytes that its members have received together. */
  receivedBytes = 0;
  readonly #swarm: Swarm;
  readonly #name: string;
  readonly #onMessages: OnMessages | undefined;
  #inFlight = 0;

  constructor(swarm: Swarm, name: string, payloadBytes: number, onMessages?: OnMessages) {
    this.#swarm = swarm;
    this.#name = name;
    this.traffic = new Traffic(swarm.dialect, name, payloadBytes);
    this.#onMessages = onMessages;
  }

  /** Adds a member. */
  join(onFault?: (fault: Error) => void): Client {
    const client = this.#swarm.add(this.#name, this.traffic, (from, bytes) => this.#note(from, bytes), onFault);
    this.members.push(client);
    return client;
  }

  get sender(): Client | undefined {
    return this.members[this.members.length >> 1];
  }

  /** Sends so many more. */
  send(count: number): void {
    for (const frames of this.traffic.outgoing(this.sent, count)) this.sender?.write(frames);
    this.sent += count;
  }

  /** Keeps so many messages in flight from here on; 0 stops. */
  talk(inFlight: number): void {
    this.#inFlight = inFlight;
    this.#topUp();
  }

  #note(from: Client, bytes: number): void {
    this.receivedBytes += bytes;
    this.#onMessages?.(from, bytes);
    if (this.#inFlight > 0 && from === this.sender) this.#topUp();
  }

  #topUp(): void {
    const count = this.#inFlight - (this.sent - (this.sender?.received ?? 0));
    if (count > 0) this.send(count);
  }
}

/** Deliveries to all members of these rooms so far. */
export function deliveries(rooms: readonly Room[]): number {
  let total = 0;
  for (const { receivedBytes, traffic } of rooms) total += receivedBytes / traffic.incomingFrameBytes;
  return total;
}

/**
 * Resolves when everybody has everything.
 * @throws {Error} When something does not come.
 */
export async function everythingArrived(
  rooms: readonly Room[],
  isAwaited: (member: Client) => boolean = () => true,
): Promise<void> {
  const late = (): Client[] =>
    rooms.flatMap(({ members, sent }) => members.filter((member) => isAwaited(member) && member.received < sent));
  const haveAll = await until(
    () => late().length === 0,
    () => deliveries(rooms),
  );
  if (haveAll) return;
  const [first] = late();
  throw new Error(`${late().length} clients lack messages; ${first?.name} has ${first?.received}`);
}
