import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { RequestTurns } from "../../src/limits/request-turns.ts";

/** Requests that take turns, with a log of those that have begun. */
class Requests {
  readonly turns = new RequestTurns();
  readonly begun: string[] = [];
  readonly #ends: (() => void)[] = [];

  /** Sends requests of a network at once. */
  async send(network: string, count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) {
      void this.#sendOne(network, number);
    }
    await nextTurn();
  }

  async #sendOne(network: string, number: number): Promise<void> {
    const end = await this.turns.take(network);
    this.begun.push(`${network}${number}`);
    this.#ends.push(end);
  }

  /** Ends the oldest requests in progress. */
  async end(count: number): Promise<void> {
    for (const end of this.#ends.splice(0, count)) end();
    await nextTurn();
    await nextTurn();
  }

  /** Ends requests until none is in progress. */
  async endAll(): Promise<void> {
    while (this.#ends.length > 0) await this.end(1);
  }
}

test("eight requests of a network begin at once, and each end lets the next one begin in order", async () => {
  const requests = new Requests();
  await requests.send("a", 11);
  assert.equal(requests.begun.length, 8);
  assert.deepEqual([requests.turns.of("a"), requests.turns.total], [3, 3]);
  await requests.end(2);
  assert.deepEqual(requests.begun.slice(8), ["a9", "a10"]);
  await requests.endAll();
  assert.deepEqual(requests.begun.at(-1), "a11");
  assert.deepEqual([requests.turns.of("a"), requests.turns.total], [0, 0]);
});

test("a network that floods delays no other", async () => {
  const requests = new Requests();
  await requests.send("flood", 1_000);
  await requests.send("a", 1);
  assert.equal(requests.begun.at(-1), "a1");
});

test("64 requests of all networks are in progress at most, and the waiting networks come one after the other", async () => {
  const requests = new Requests();
  for (let network = 0; network < 10; network += 1) await requests.send(`${network}-`, 8);
  assert.equal(requests.begun.length, 64);
  await requests.send("a", 3);
  await requests.send("b", 3);
  requests.begun.length = 0;
  await requests.end(6);
  assert.deepEqual(requests.begun, ["8-1", "9-1", "a1", "b1", "8-2", "9-2"]);
  await requests.endAll();
  assert.deepEqual([requests.begun.length, requests.turns.total], [22, 0]);
});

test("a request that arrives while others of its network wait begins after them", async () => {
  const requests = new Requests();
  await requests.send("a", 9);
  const ending = requests.end(1);
  const late = requests.send("a", 1);
  await Promise.all([ending, late]);
  assert.deepEqual(requests.begun.slice(8), ["a9"]);
  await requests.endAll();
  assert.equal(requests.begun.length, 10);
});
