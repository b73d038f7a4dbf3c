import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Client } from "../../src/limits/gate.ts";
import { from, TestGate, type Outcome } from "../support/gate.ts";
import { MAX_SCORES, RATES } from "../../src/limits/limits.ts";

const MINUTE_MS = 60_000;

describe("Messages of one person", () => {
  test("are 10 at once and then 1 a second in each room, with the exact wait", async () => {
    const lobby = new TestGate();
    assert.deepEqual(await repeat(10, () => lobby.say("mina")), fill(10, "ok"));
    lobby.nowMs += 250;
    assert.deepEqual(await lobby.say("mina"), ["LOBBY_TOO_FAST", 750]);
    assert.equal(await lobby.say("mina", "garden"), "ok");
    assert.equal(await lobby.say("jun"), "ok");
    lobby.nowMs += 749;
    assert.deepEqual(await lobby.say("mina"), ["LOBBY_TOO_FAST", 1]);
    lobby.nowMs += 1;
    assert.equal(await lobby.say("mina"), "ok");
    assert.deepEqual(await lobby.say("mina"), ["LOBBY_TOO_FAST", 1000]);
    assert.equal(lobby.refusals.of("personMessages"), 3);
  });

  test("are counted on every connection and from every network together", async () => {
    const lobby = new TestGate();
    const said = await repeat(11, (index) => lobby.say("mina", "lobby", from(`203.0.113.${index}`)));
    assert.deepEqual(said, [...fill(10, "ok"), ["LOBBY_TOO_FAST", 1000]]);
  });

  test("include changes of the name, as a room of its own", async () => {
    const lobby = new TestGate();
    assert.deepEqual(await repeat(11, () => lobby.rename("mina")), [...fill(10, "ok"), ["LOBBY_TOO_FAST", 1000]]);
    assert.equal(await lobby.say("mina"), "ok");
  });
});

describe("Messages from one network", () => {
  test("are 60 at once and then 10 a second", async () => {
    const lobby = new TestGate();
    assert.deepEqual(await sayTogether(lobby, 61), [...fill(60, "ok"), ["LOBBY_TOO_FAST", 100]]);
    lobby.nowMs += 1000;
    assert.deepEqual(counts(await sayTogether(lobby, 100)), { ok: 10, LOBBY_TOO_FAST: 90 });
    assert.equal(await lobby.say("elsewhere", "lobby", from("198.51.100.1")), "ok");
  });

  test("are 1 a second more for each guest who first spoke more than 10 minutes ago, for at most 200", async () => {
    const lobby = new TestGate();
    await speak(lobby, 300);
    lobby.nowMs += 5 * MINUTE_MS;
    assert.equal(await rateOf(lobby), 10);
    lobby.nowMs += 5 * MINUTE_MS;
    await speak(lobby, 40);
    assert.equal(await rateOf(lobby), 10 + 40);
    lobby.nowMs += MINUTE_MS;
    await speak(lobby, 40);
    assert.equal(await rateOf(lobby), 10 + 40);
    lobby.nowMs += MINUTE_MS;
    await speak(lobby, 300);
    assert.equal(await rateOf(lobby), 10 + 200);
  });

  test("do not gain from guests who have left", async () => {
    const lobby = new TestGate();
    await speak(lobby, 40);
    lobby.nowMs += 11 * MINUTE_MS;
    await speak(lobby, 40);
    lobby.nowMs += 20 * MINUTE_MS;
    assert.equal(await rateOf(lobby), 10);
  });

  test("count all addresses of an IPv6 /64 once, and IPv4 in IPv6 form as IPv4", async () => {
    const lobby = new TestGate();
    const ofOneSubnet = await repeat(10_000, (index) =>
      lobby.say(`guest ${index % 100}`, "lobby", from(`2001:db8:1:2::${index.toString(16)}`)),
    );
    assert.equal(counts(ofOneSubnet)["ok"], 60);
    assert.equal(await lobby.say("next door", "lobby", from("2001:db8:1:3::1")), "ok");
    await sayTogether(lobby, 60);
    assert.deepEqual(await lobby.say("mapped", "lobby", from("::ffff:203.0.113.7")), ["LOBBY_TOO_FAST", 100]);
  });
});

describe("New rooms from one network", () => {
  test("are 10 at once and then 20 an hour, and messages in open rooms do not count", async () => {
    const lobby = new TestGate();
    await lobby.say("jun", "open", from("198.51.100.1"));
    const opened = await repeat(60, (index) => lobby.say(`guest ${index % 20}`, `room ${index}`));
    assert.deepEqual(opened, [...fill(10, "ok"), ...fill(50, ["LOBBY_TOO_MANY_ROOMS", 180_000])]);
    assert.equal(await lobby.say("mina", "open"), "ok");
    assert.equal(await lobby.say("mina", "room 0"), "ok");
    assert.equal(await lobby.say("mina", "elsewhere", from("198.51.100.1")), "ok");
    lobby.nowMs += 179_999;
    assert.deepEqual(await lobby.say("mina", "late"), ["LOBBY_TOO_MANY_ROOMS", 1]);
    lobby.nowMs += 1;
    assert.equal(await lobby.say("mina", "late"), "ok");
    lobby.nowMs += 60 * MINUTE_MS;
    const later = await repeat(60, (index) => lobby.say(`guest ${index}`, `later ${index}`));
    assert.equal(counts(later)["ok"], 10);
  });

  test("count once, however many people speak in one at the same time", async () => {
    const lobby = new TestGate();
    const said = await Promise.all(Array.from({ length: 40 }, (_, index) => lobby.say(`guest ${index}`, "new")));
    assert.deepEqual(counts(said), { ok: 40 });
    assert.equal(counts(await repeat(20, (index) => lobby.say("mina", `room ${index}`)))["ok"], 9);
  });

  test("do not count a refused message, so that it costs its author nothing", async () => {
    const lobby = new TestGate();
    await repeat(10, (index) => lobby.say("mina", `room ${index}`));
    await repeat(100, () => lobby.say("mina", "one more"));
    assert.deepEqual(await repeat(10, () => lobby.say("mina", "room 1")), [...fill(9, "ok"), ["LOBBY_TOO_FAST", 1000]]);
  });
});

describe("New guests from one network", () => {
  test("are 300 at once and then 5 a second; one counts with the first message or name", async () => {
    const lobby = new TestGate();
    assert.deepEqual(counts(await sayTogether(lobby, 60)), { ok: 60 });
    const named = await repeat(468, (index) => lobby.rename(`guest ${index}`));
    assert.deepEqual(counts(named), { ok: 300, LOBBY_TOO_MANY_GUESTS: 168 });
    assert.deepEqual(named.at(-1), ["LOBBY_TOO_MANY_GUESTS", 200]);
    assert.deepEqual(await lobby.rename("elsewhere", from("198.51.100.1")), "ok");
    lobby.nowMs += 200;
    assert.deepEqual(await repeat(2, (index) => lobby.say(`late ${index}`)), ["ok", ["LOBBY_TOO_MANY_GUESTS", 200]]);
    lobby.nowMs += 60_000;
    assert.equal(counts(await repeat(468, (index) => lobby.rename(`later ${index}`)))["ok"], 300);
  });

  test("are not new again after a restart", async () => {
    const before = new TestGate();
    for (let index = 0; index < 400; index += 1) {
      before.nowMs += 200;
      assert.equal(await before.say(`guest ${index}`), "ok");
    }
    const after = new TestGate({ store: before.store });
    after.nowMs = before.nowMs + 11 * MINUTE_MS;
    for (let index = 0; index < 400; index += 1) {
      after.nowMs += 100;
      assert.equal(await after.say(`guest ${index}`), "ok");
    }
    assert.equal(after.refusals.of("networkGuests"), 0);
    assert.equal(counts(await repeat(468, (index) => after.rename(`new ${index}`)))["ok"], 300);
  });

  test("need one read of the store, and a refused message none", async () => {
    const lobby = new TestGate();
    await repeat(50, () => lobby.say("mina"));
    assert.deepEqual(
      lobby.store.calls.filter((call) => call !== "append"),
      ["firstSpokeAtMs mina", "roomLike lobby"],
    );
    await sayTogether(lobby, 60);
    const { length } = lobby.store.calls;
    await repeat(100, (index) => lobby.say(`unknown ${index}`, `unknown ${index}`));
    assert.equal(lobby.store.calls.length, length);
  });
});

describe("Connections from one network", () => {
  test("are 500 handshakes at once and then 50 a second", () => {
    const lobby = new TestGate();
    for (let index = 0; index < 500; index += 1) assert.equal(typeof lobby.connect(), "function");
    assert.deepEqual(lobby.connect(), ["LOBBY_TOO_MANY_CONNECTIONS", 20]);
    assert.equal(typeof lobby.connect(from("198.51.100.1")), "function");
    lobby.nowMs += 20;
    assert.equal(typeof lobby.connect(), "function");
    assert.deepEqual(lobby.connect(), ["LOBBY_TOO_MANY_CONNECTIONS", 20]);
  });

  test("are at most 2,500 open ones, of every address of the network together", () => {
    const lobby = new TestGate();
    const open = connectAll(lobby, 2_500, (index) => from(`2001:db8::${index.toString(16)}`));
    assert.deepEqual(lobby.connect(from("2001:db8::ffff")), ["LOBBY_TOO_MANY_CONNECTIONS", 10_000]);
    assert.equal(typeof lobby.connect(from("2001:db8:0:1::1")), "function");
    open[7]?.();
    assert.equal(typeof lobby.connect(from("2001:db8::ffff")), "function");
    assert.equal(lobby.refusals.of("networkSockets"), 1);
  });

  test("that a maximum refuses do not count as handshakes", () => {
    const lobby = new TestGate();
    const open = connectAll(lobby, 2_500);
    for (let index = 0; index < 1_000; index += 1) lobby.connect();
    for (const close of open) close();
    lobby.nowMs += 10_000;
    assert.equal(connectAll(lobby, 500).length, 500);
  });
});

describe("The totals of the process", () => {
  test("hold for networks that have reached none of their limits", async () => {
    const lobby = new TestGate();
    const rooms = await repeat(1_100, (index) => lobby.say("mina", `room ${index}`, network(index)));
    assert.deepEqual(counts(rooms), { ok: 1_000, LOBBY_SERVER_BUSY: 100 });
    const guests = await repeat(2_100, (index) => lobby.rename(`guest ${index}`, network(index)));
    assert.deepEqual(counts(guests), { ok: 1_999, LOBBY_SERVER_BUSY: 101 });
    lobby.nowMs += 60_000;
    const messages = await repeat(5_100, (index) => lobby.say(`guest ${index % 1_000}`, "room 1", network(index)));
    assert.deepEqual(counts(messages), { ok: 5_000, LOBBY_SERVER_BUSY: 100 });
    assert.equal(connectAll(lobby, 25_000, network).length, 25_000);
    assert.deepEqual(lobby.connect(from("198.51.100.1")), ["LOBBY_SERVER_BUSY", 10_000]);
  });

  test("bound the number of scores below their maximum, so that no flood of networks shares one score", async () => {
    for (const [name, total] of [
      ["personMessages", "totalMessages"],
      ["networkMessages", "totalMessages"],
      ["networkChanges", "totalMessages"],
      ["networkRooms", "totalRooms"],
      ["networkGuests", "totalGuests"],
      ["networkHandshakes", "totalHandshakes"],
    ] as const) {
      const { burst, count, seconds } = RATES[name];
      const decaySeconds = burst / (count / seconds);
      const most = RATES[total].burst + (RATES[total].count / RATES[total].seconds) * 2 * decaySeconds;
      assert.ok(most <= MAX_SCORES, `${name} can have ${most} scores`);
    }
  });
});

describe("Clients without limits per network", () => {
  for (const [who, client, exempt] of [
    ["in an exempt range", from("10.1.2.3"), ["10.0.0.0/8"]],
    ["at an exempt address", from("2001:db8::7"), ["192.0.2.1", "2001:db8::7"]],
    ["in an exempt range that is written in IPv6", from("10.1.2.3"), ["::ffff:10.0.0.0/104"]],
    ["at an exempt address of a zone", from("fe80::1%eth0"), ["fe80::/10"]],
    ["behind a proxy that the server does not trust", from("127.0.0.1", true), []],
  ] as const) {
    test(`${who} have the limits per person and the totals only`, async () => {
      const lobby = new TestGate({ exempt });
      assert.deepEqual(counts(await repeat(200, (index) => lobby.say(`guest ${index}`, `room ${index}`, client))), {
        ok: 200,
      });
      assert.deepEqual(counts(await repeat(700, (index) => lobby.rename(`named ${index}`, client))), { ok: 700 });
      assert.deepEqual(counts(await repeat(20, () => lobby.say("mina", "lobby", client))), {
        ok: 10,
        LOBBY_TOO_FAST: 10,
      });
      assert.equal(connectAll(lobby, 3_000, () => client).length, 3_000);
      assert.equal(typeof lobby.connect(from("203.0.113.7")), "function");
    });
  }

  test("are not those next to an exempt range", async () => {
    const lobby = new TestGate({ exempt: ["10.0.0.0/8"] });
    assert.equal(counts(await repeat(20, (index) => lobby.say("mina", `room ${index}`, from("11.0.0.1"))))["ok"], 10);
  });
});

describe("Frames that Lobby refuses", () => {
  test("get 10,000 answers at once and then 500 a second, for each network", () => {
    const lobby = new TestGate();
    const answered = (count: number, client: Client): number =>
      Array.from({ length: count }, (_, index) =>
        lobby.gate.answerRefused({ id: `${index}`, guestName: "" }, client),
      ).filter((isAnswered) => isAnswered).length;
    assert.equal(answered(12_000, from("203.0.113.7")), 10_000);
    assert.equal(answered(1, from("198.51.100.1")), 1);
    lobby.nowMs += 1000;
    assert.equal(answered(1_000, from("203.0.113.7")), 500);
    assert.equal(lobby.refusals.of("networkRefusals"), 2_500);
  });
});

test("the log names each limit at most once a minute, with the number of its refusals", async () => {
  const lobby = new TestGate();
  await repeat(15, () => lobby.say("mina"));
  await repeat(15, () => lobby.rename("mina"));
  lobby.nowMs += 60_000;
  await repeat(12, () => lobby.say("mina"));
  assert.deepEqual(lobby.logged, [
    ["personMessages", 1],
    ["personMessages", 11],
  ]);
});

/** Returns a client of one of 5,000 networks. */
function network(index: number): Client {
  return from(`2001:db8:${(index % 5_000).toString(16)}::1`);
}

/** Opens connections below the rate of handshakes. */
function connectAll(
  lobby: TestGate,
  count: number,
  client: (index: number) => Client = () => from("203.0.113.7"),
): (() => void)[] {
  return Array.from({ length: count }, (_, index) => {
    lobby.nowMs += 20;
    const opened = lobby.connect(client(index));
    assert.ok(typeof opened === "function", `connection ${index}: ${String(opened)}`);
    return opened;
  });
}

/** Posts one message of each of `count` guests at once. */
async function sayTogether(lobby: TestGate, count: number): Promise<Outcome[]> {
  return repeat(count, (index) => lobby.say(`guest ${index}`));
}

/** Lets guests speak one after the other. */
async function speak(lobby: TestGate, guests: number): Promise<void> {
  for (let index = 0; index < guests; index += 1) {
    lobby.nowMs += 250;
    assert.equal(await lobby.say(`guest ${index}`), "ok");
  }
}

/** Returns how many messages of its newest guests a network can send in a second, after it has used up its burst. */
async function rateOf(lobby: TestGate): Promise<number> {
  await repeat(300, (index) => lobby.say(`young ${index % 30} at ${lobby.nowMs}`));
  let said = 0;
  for (let step = 0; step < 20; step += 1) {
    lobby.nowMs += 50;
    const outcomes = await repeat(40, (index) => lobby.say(`young ${index} at ${lobby.nowMs}`));
    said += counts(outcomes)["ok"] ?? 0;
  }
  return said;
}

async function repeat(count: number, act: (index: number) => Promise<Outcome>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let index = 0; index < count; index += 1) outcomes.push(await act(index));
  return outcomes;
}

function fill(count: number, outcome: Outcome): readonly Outcome[] {
  return Array.from({ length: count }, () => outcome);
}

/** Returns how often each code occurs. */
function counts(outcomes: readonly Outcome[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const outcome of outcomes) {
    const code = outcome === "ok" ? "ok" : outcome[0];
    found[code] = (found[code] ?? 0) + 1;
  }
  return found;
}
