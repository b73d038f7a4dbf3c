/**
 * Compares the fan-out with the simplest correct model: a list per member, to
 * which each message is appended at the moment when it is sent.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type ConsumerContext,
  type EventTable,
  type FrameData,
  type WebSocketScope,
} from "@lobby/channels";
import { Fanout } from "../../src/fanout/fanout.ts";
import { type FanoutTarget, Lane } from "../../src/fanout/lane.ts";
import { TinySet } from "../../src/internal/tiny-set.ts";
import { listedFrames } from "../../src/testing/listed-frames.ts";
import { SeededRandom } from "../../src/testing/seeded-random.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

const MEMBERS = 6;
const GROUPS = 4;
const STEPS = 400;

/** A system under test. */
interface System {
  join(member: number, group: number): void;
  leave(member: number, group: number): void;
  /** @param except A member that does not receive the message. */
  publish(group: number, text: string, except?: number): void;
  send(member: number, text: string): void;
  /** Writes one slice of the collected frames. */
  slice(): void;
  /** Writes all collected frames. */
  flush(): void;
  /** The frames of each write of a member. */
  writes(member: number): readonly (readonly FrameData[])[];
}

/** The model. */
class Model {
  readonly received: string[][] = Array.from({ length: MEMBERS }, () => []);
  readonly groups: Set<number>[] = Array.from({ length: GROUPS }, () => new Set<number>());

  publish(group: number, text: string, except?: number): void {
    for (const member of this.groups[group] ?? []) if (member !== except) this.received[member]?.push(text);
  }
}

/** The fan-out without consumers or a layer. */
function bareFanout(writesPerSlice: number, maxBufferedBytes = Infinity): System {
  const scheduled: (() => void)[] = [];
  const slice = (): void => scheduled.pop()?.();
  const fanout = new Fanout<readonly FrameData[]>(
    {
      codec: listedFrames,
      maxBufferedBytes,
      schedule: (flush) => {
        assert.equal(scheduled.length, 0, "the fan-out schedules one slice at a time");
        scheduled.push(flush);
      },
      report: ({ error }) => assert.fail(String(error)),
    },
    writesPerSlice,
  );
  const lanes = Array.from({ length: GROUPS }, () => new Lane<readonly FrameData[]>());
  const writes = Array.from({ length: MEMBERS }, (): (readonly FrameData[])[] => []);
  const targets = writes.map((written): FanoutTarget<readonly FrameData[]> => ({
    write: (frame) => void written.push(frame),
    cork: () => undefined,
    uncork: () => undefined,
    lanes: new TinySet(),
    served: 0,
    dirty: undefined,
    isCorked: false,
  }));
  return {
    join: (member, group) => fanout.join(at(lanes, group), at(targets, member)),
    leave: (member, group) => fanout.leave(at(lanes, group), at(targets, member)),
    publish: (group, text, except) =>
      fanout.publish(at(lanes, group), text, except === undefined ? undefined : at(targets, except)),
    send: (member, text) => fanout.send(at(targets, member), text),
    slice,
    flush: () => {
      while (scheduled.length > 0) slice();
    },
    writes: (member) => at(writes, member),
  };
}

/** The fan-out behind consumers, relays and the groups of a layer. */
async function wholeLayer(writesPerSlice: number, maxBufferedBytes: number): Promise<System> {
  const consumers: Member[] = [];
  class Member extends WebSocketConsumer<WebSocketScope, { said: { text: string } }> {
    static readonly events: EventTable<Member> = { said: { relay: ({ text }) => text } };
    constructor(context: ConsumerContext) {
      super(context);
      consumers.push(this);
    }
  }
  const transport = new RecordingTransport(writesPerSlice, maxBufferedBytes);
  const layer = new InMemoryChannelLayer();
  const application = consumer(Member);
  const sockets = await Promise.all(Array.from({ length: MEMBERS }, () => transport.open(application, layer)));
  await Promise.all(sockets.map(({ handler }) => handler.whenIdle()));
  // The memory layer does its work before its promises resolve, so nothing here awaits them.
  return {
    join: (member, group) => void layer.groupAdd(`${group}`, at(consumers, member).channel),
    leave: (member, group) => void layer.groupDiscard(`${group}`, at(consumers, member).channel),
    publish: (group, text, except) =>
      void layer.groupSend(
        `${group}`,
        { type: "said", text },
        except === undefined ? {} : { except: at(consumers, except).channel },
      ),
    send: (member, text) => {
      const self = at(consumers, member);
      // A frame that it sends itself and a message to its channel must keep one order.
      if (text.endsWith("0")) void layer.send(self.channelName, { type: "said", text });
      else self.send(text);
    },
    slice: () => transport.slice(),
    flush: () => transport.tick(),
    writes: (member) => at(sockets, member).writes,
  };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  assert.ok(item !== undefined);
  return item;
}

function run(system: System, seed: number): void {
  const random = new SeededRandom(seed);
  const model = new Model();
  for (let step = 0; step < STEPS; step += 1) {
    const [member, group, text] = [random.below(MEMBERS), random.below(GROUPS), `${step}`];
    const dice = random.below(100);
    if (dice < 15) {
      system.join(member, group);
      at(model.groups, group).add(member);
    } else if (dice < 27) {
      system.leave(member, group);
      at(model.groups, group).delete(member);
    } else if (dice < 72) {
      const except = dice < 34 ? random.below(MEMBERS) : undefined;
      system.publish(group, text, except);
      model.publish(group, text, except);
    } else if (dice < 88) {
      system.send(member, text);
      at(model.received, member).push(text);
    } else if (dice < 97) {
      system.slice();
    } else {
      system.flush();
      assertSame(system, model, seed);
    }
  }
  system.flush();
  assertSame(system, model, seed);
}

function assertSame(system: System, model: Model, seed: number): void {
  for (const [member, expected] of model.received.entries()) {
    assert.deepEqual(system.writes(member).flat(), expected, `member ${member}, seed ${seed}`);
  }
}

test("every member receives each message that was sent to it once, in the order of sending", () => {
  for (let seed = 1; seed <= 400; seed += 1) run(bareFanout(sliceSizeOf(seed), limitOf(seed)), seed);
});

test("every member receives each message once, in order, through consumers, relays and groups of a layer", async () => {
  for (let seed = 1; seed <= 100; seed += 1) run(await wholeLayer(sliceSizeOf(seed), limitOf(seed)), seed);
});

/** Returns sizes of slices that end in the middle of a round, and sizes that do not. */
function sliceSizeOf(seed: number): number {
  return 1 + (seed % MEMBERS);
}

/** Returns no limit, or a limit of few frames, which the fan-out exceeds within a tick and within a round. */
function limitOf(seed: number): number {
  return seed % 2 === 0 ? Infinity : 12;
}

test("each member receives all group messages of one tick in one write", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = new SeededRandom(seed);
    const system = bareFanout(MEMBERS);
    for (let count = 0; count < 12; count += 1) system.join(random.below(MEMBERS), random.below(GROUPS));
    for (let count = 0; count < 40; count += 1) system.publish(random.below(GROUPS), `${count}`);
    system.flush();
    for (let member = 0; member < MEMBERS; member += 1) assert.ok(system.writes(member).length <= 1, `seed ${seed}`);
  }
});
