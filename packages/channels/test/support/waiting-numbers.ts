/** Takes the messages that wait in a channel. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ChannelLayer } from "@lobby/channels";
import type { Numbered } from "../../src/testing/conformance/harness.ts";

/** Returns the numbers of the messages that wait in a channel. */
export async function waitingNumbers(layer: ChannelLayer, channel: string): Promise<number[]> {
  const numbers: number[] = [];
  const enough = new AbortController();
  const takeAll = async (): Promise<void> => {
    for (;;) numbers.push(((await layer.receive(channel, { signal: enough.signal })) as Numbered).n);
  };
  const taking = takeAll().catch(() => undefined);
  await nextTurn();
  enough.abort();
  await taking;
  return numbers;
}
