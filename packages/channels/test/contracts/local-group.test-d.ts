/** Types of local groups. */
import {
  localGroup,
  type Channel,
  type ContractEvent,
  type EventContract,
  type EventMessage,
  type LocalGroup,
  type StandardSchema,
} from "@lobby/channels";

declare const channel: Channel;
declare const chat: EventContract<"chat", { readonly said: StandardSchema<{ readonly text: string }> }>;

// A contract types the events.

const typed: LocalGroup<ContractEvent<typeof chat>> = localGroup(chat);
typed.add(channel);
typed.publish({ type: "said", text: "hello" }, { except: channel }) satisfies number;
// @ts-expect-error: the event has a text
typed.publish({ type: "said" });
// @ts-expect-error: the contract has no such event
typed.publish({ type: "sung" });
// @ts-expect-error: a name stands for a channel of any process
typed.add("worker");

// Without a contract, the program may declare the events of its consumer.

const ticks: LocalGroup<EventMessage<{ tick: { price: number } }>> = localGroup();
ticks.publish({ type: "tick", price: 1 });
// @ts-expect-error: the price is a number
ticks.publish({ type: "tick", price: "1" });
localGroup().publish({ type: "anything", at: new Date(0) });
