import { MAX_ESTABLISHED_GUESTS } from "./limits.ts";

/** A guest who has been silent for this long, or for up to twice as long, no longer counts. */
const SILENCE_MS = 10 * 60 * 1000;

/** The most guests that are remembered in each period of `SILENCE_MS`. Further ones do not count. */
const MAX_GUESTS = 100_000;

type Guests = Map<string, Set<string>>;

/** The established guests of each network who have spoken lately. */
export class EstablishedGuests {
  /** The guests who have spoken in this period, and the others of the period before. */
  #recent: Guests = new Map();
  #older: Guests = new Map();
  #recentSize = 0;
  #periodStartMs = 0;

  /** Returns the number of guests of a network, at most `MAX_ESTABLISHED_GUESTS`. */
  count(network: string, nowMs: number): number {
    this.#rotate(nowMs);
    const count = (this.#recent.get(network)?.size ?? 0) + (this.#older.get(network)?.size ?? 0);
    return Math.min(count, MAX_ESTABLISHED_GUESTS);
  }

  /** Remembers a guest who speaks now. */
  add(network: string, personId: string, nowMs: number): void {
    this.#rotate(nowMs);
    let guests = this.#recent.get(network);
    if (guests?.has(personId) === true || this.#recentSize >= MAX_GUESTS) return;
    if (guests === undefined) this.#recent.set(network, (guests = new Set()));
    if (guests.size >= MAX_ESTABLISHED_GUESTS) return;
    guests.add(personId);
    this.#recentSize += 1;
    this.#older.get(network)?.delete(personId);
  }

  #rotate(nowMs: number): void {
    const passedMs = nowMs - this.#periodStartMs;
    if (passedMs >= 0 && passedMs < SILENCE_MS) return;
    this.#older = passedMs < 2 * SILENCE_MS ? this.#recent : new Map();
    this.#recent = new Map();
    this.#recentSize = 0;
    this.#periodStartMs = nowMs;
  }
}
