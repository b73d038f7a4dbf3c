import type { Client, OnMessages } from "./load-client.ts";
import type { ClientPool } from "./client-pool.ts";
import { pollUntil } from "./poll-until.ts";
import { Traffic } from "./traffic.ts";

/**
 * A room with one sender. The sender is the middle member: when a server writes to the members in order,
 * from either end, the sender has its own message after half of the room.
 */
export class Room {
  readonly traffic: Traffic;
  readonly members: Client[] = [];
  /** Messages sent since the start. */
  sent = 0;
  /** Bytes received by all members together. */
  receivedBytes = 0;
  readonly #pool: ClientPool;
  readonly #name: string;
  readonly #onMessages: OnMessages | undefined;
  #inFlight = 0;

  constructor(pool: ClientPool, name: string, payloadBytes: number, onMessages?: OnMessages) {
    this.#pool = pool;
    this.#name = name;
    this.traffic = new Traffic(pool.protocol, name, payloadBytes);
    this.#onMessages = onMessages;
  }

  /** Adds a member and starts its connection. */
  join(onFault?: (fault: Error) => void): Client {
    const client = this.#pool.add(this.#name, this.traffic, (from, bytes) => this.#receive(from, bytes), onFault);
    this.members.push(client);
    return client;
  }

  get sender(): Client | undefined {
    return this.members[this.members.length >> 1];
  }

  /** Sends `count` messages. */
  send(count: number): void {
    for (const frames of this.traffic.outgoing(this.sent, count)) this.sender?.write(frames);
    this.sent += count;
  }

  /** Keeps `count` messages in flight: the sender sends the next one when it has received one. 0 stops. */
  keepInFlight(count: number): void {
    this.#inFlight = count;
    this.#topUp();
  }

  #receive(from: Client, bytes: number): void {
    this.receivedBytes += bytes;
    this.#onMessages?.(from, bytes);
    if (this.#inFlight > 0 && from === this.sender) this.#topUp();
  }

  #topUp(): void {
    const count = this.#inFlight - (this.sent - (this.sender?.received ?? 0));
    if (count > 0) this.send(count);
  }
}

/** Returns the number of deliveries to all members of these rooms since the start. */
export function deliveries(rooms: readonly Room[]): number {
  let total = 0;
  for (const { receivedBytes, traffic } of rooms) total += receivedBytes / traffic.incomingFrameBytes;
  return total;
}

/**
 * Resolves once every member has received every message of its room.
 * @param isAwaited Whether to wait for a member; all members by default.
 * @throws {Error} When messages are missing and none arrives for 15 seconds.
 */
export async function waitForDeliveries(
  rooms: readonly Room[],
  isAwaited: (member: Client) => boolean = () => true,
): Promise<void> {
  const late = (): Client[] =>
    rooms.flatMap(({ members, sent }) => members.filter((member) => isAwaited(member) && member.received < sent));
  const isComplete = await pollUntil(
    () => late().length === 0,
    () => deliveries(rooms),
  );
  if (isComplete) return;
  const [first] = late();
  throw new Error(`${late().length} clients lack messages; ${first?.name} has ${first?.received}`);
}
