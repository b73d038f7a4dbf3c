/** Sends a contract's events from outside its consumers. */
import { checkMethods } from "../internal/check-options.ts";
import type { ChannelLayer, GroupSendOptions } from "../layers/layer.ts";
import { checkEvent } from "./check-event.ts";
import type { ContractEvent, EventContract, Group } from "./contract.ts";
import { checkEvents } from "./define-contract.ts";

/**
 * A sender of a contract's events from outside its consumers: from an HTTP handler, a job or another process. Its
 * methods also throw the errors of the layer.
 */
export interface Publisher<C extends EventContract> {
  /**
   * Validates an event and sends it to one channel, as `ChannelLayer.send` does.
   * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the contract. Sends nothing then.
   * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the event has no type.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the schema of the event validates asynchronously.
   */
  send(channel: string, event: ContractEvent<C>): Promise<void>;
  /**
   * Validates an event and sends it to a group of the contract, as `ChannelLayer.groupSend` does.
   * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the contract. Sends nothing then.
   * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the event has no type.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the schema of the event validates asynchronously.
   */
  groupSend(group: Group<C["name"]>, event: ContractEvent<C>, options?: GroupSendOptions): Promise<void>;
}

/**
 * Makes a publisher of a contract's events.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the layer lacks a method, the contract has no table of
 * events, or a value in it is not a schema.
 *
 * @example
 * await publisher(layer, chat).groupSend(chat.groups.room("lobby"), { type: "said", author: "cron", text: "Lunch!" });
 */
export function publisher<C extends EventContract>(layer: ChannelLayer, contract: C): Publisher<C> {
  checkMethods("layer", layer, ["send", "groupSend"]);
  checkEvents(contract);
  const { events } = contract;
  return {
    send: async (channel, event) => layer.send(channel, checkEvent(events, event)),
    groupSend: async (group, event, options) => layer.groupSend(group, checkEvent(events, event), options),
  };
}
