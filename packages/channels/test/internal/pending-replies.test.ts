import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PendingReplies } from "../../src/internal/pending-replies.ts";

/** Returns whether the promise has settled before the next iteration of the event loop. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  await new Promise(setImmediate);
  return settled;
}

describe("a request", () => {
  test("returns the reply with its number, for replies in any order", async () => {
    const replies = new PendingReplies<string>();
    const numbers: number[] = [];
    const requests = ["a", "b", "c"].map(() => replies.request(async (number) => numbers.push(number)));
    assert.equal(new Set(numbers).size, 3);
    for (const [index, number] of [...numbers.entries()].toReversed()) replies.resolve(number, `reply ${index}`);
    assert.deepEqual(await Promise.all(requests), ["reply 0", "reply 1", "reply 2"]);
  });

  test("accepts a reply that arrives before `send` has resolved", async () => {
    const replies = new PendingReplies<string>();
    const sent = Promise.withResolvers<void>();
    const request = replies.request((number) => {
      replies.resolve(number, "early");
      return sent.promise;
    });
    assert.equal(await isSettled(request), false, "the request waits for `send`");
    sent.resolve();
    assert.equal(await request, "early");
  });

  test("rejects when `send` rejects, also after its reply", async () => {
    const replies = new PendingReplies<string>();
    for (const hasReply of [false, true]) {
      const request = replies.request(async (number) => {
        if (hasReply) replies.resolve(number, "early");
        throw new Error("no connection");
      });
      await assert.rejects(request, { message: "no connection" });
    }
  });

  test("rejects when `send` throws", async () => {
    const replies = new PendingReplies<string>();
    const request = replies.request(() => {
      throw new Error("no connection");
    });
    await assert.rejects(request, { message: "no connection" });
  });

  test("returns its first reply", async () => {
    const replies = new PendingReplies<string>();
    const request = replies.request(async (number) => {
      replies.resolve(number, "first");
      replies.resolve(number, "second");
    });
    assert.equal(await request, "first");
  });
});

describe("a reply", () => {
  test("to an unknown request, or one that has ended, reaches no other request", async () => {
    const replies = new PendingReplies<string>();
    const numbers: number[] = [];
    const send = async (number: number): Promise<void> => {
      numbers.push(number);
    };
    const ended = replies.request(send);
    const [endedNumber = 0] = numbers;
    replies.resolve(endedNumber, "first");
    await ended;
    const pending = replies.request(send);
    replies.resolve(endedNumber, "late");
    replies.resolve(1_000, "unknown");
    assert.equal(await isSettled(pending), false);
    replies.resolve(numbers[1] ?? 0, "own");
    assert.equal(await pending, "own");
  });
});

describe("rejectAll", () => {
  test("rejects every pending request, and no later one", async () => {
    const replies = new PendingReplies<string>();
    const pending = [1, 2].map(() => replies.request(async () => undefined));
    const rejected = Promise.all(pending.map((request) => assert.rejects(request, { message: "closed" })));
    replies.rejectAll(new Error("closed"));
    await rejected;
    const later = replies.request(async (number) => replies.resolve(number, "reply"));
    assert.equal(await later, "reply");
  });
});
