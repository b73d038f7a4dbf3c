// The exports of @lobby/channels/layers. `npm run describe` writes this file.

import { Channel } from "@lobby/channels";
import { ChannelMessage } from "@lobby/channels";
import { ChannelsError } from "@lobby/channels";
import { DroppedMessage } from "@lobby/channels";
import { ReceiveOptions } from "@lobby/channels";

export declare class ChannelFullError extends ChannelsError {
  readonly code = "CHANNELS_CHANNEL_FULL";
  readonly channel: string;
  readonly capacity: number;
  constructor(channel: string, capacity: number);
}

export declare function channelNameOf(channel: Channel | string): string;

export declare function checkChannelName(name: string): void;

export declare function checkGroupName(name: string): void;

export declare function checkLimits(limits: Readonly<Record<string, number>>, most?: number): void;

export declare function checkMessage(message: ChannelMessage): void;

export declare function checkOptions(what: string, options: unknown, known: readonly string[]): void;

export declare function checkReceiveOptions(options: ReceiveOptions): void;

export declare class ConfigurationError extends ChannelsError {
  readonly code = "CHANNELS_CONFIGURATION";
}

export declare function describeValue(value: unknown): string;

export declare class Drops {
  constructor(onDrop: ((drop: DroppedMessage) => void) | undefined);
  get count(): number;
  add(reason: DroppedMessage["reason"], messageType: string | undefined, group?: string, times?: number): void;
}

export interface GroupMembers {
  readonly size: number;
  add(receiver: Receiver): void;
  delete(receiver: Receiver): void;
  deliver(message: ChannelMessage, except?: Receiver): number;
}

export interface GroupObserver {
  readonly onFirst: (group: string) => void;
  readonly onLast: (group: string) => void;
}

export declare class InvalidMessageError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_MESSAGE";
  constructor(message: unknown, flaw?: string, options?: ErrorOptions);
}

export declare function isolateHook<Args extends readonly unknown[]>(
  name: string,
  hook: (...args: Args) => void,
): (...args: Args) => void;

export declare class LayerClosedError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_CLOSED";
  constructor();
}

export declare class LocalChannel implements Channel {
  readonly receiver: Receiver;
  readonly registry: ChannelRegistry;
  constructor(registry: ChannelRegistry, receiver: Receiver, name?: string);
  get name(): string;
  join(group: string | LocalMembers): void;
  leave(group: string | LocalMembers): void;
  renewLease(): void;
  close(): Promise<void>;
}

export declare class LocalChannels implements ChannelRegistry {
  readonly groups: LocalGroups;
  readonly processName: string;
  constructor(kind: string, groups: LocalGroups, options: LocalChannelsOptions);
  open(receiver?: Receiver): LocalChannel;
  openNamed(name: string): LocalChannel;
  get(name: string): LocalChannel | undefined;
  member(channel: Channel | string): LocalChannel | string | undefined;
  receive(name: string, options?: ReceiveOptions): Promise<ChannelMessage>;
  get size(): number;
  entries(): MapIterator<[string, LocalChannel]>;
  clear(): void;
  close(error: Error): void;
  makeName(): string;
  register(name: string, channel: LocalChannel): void;
  unregister(name: string): void;
  countMissed(message: ChannelMessage, count: number): void;
}

export interface LocalChannelsOptions extends MailboxOptions {
  readonly onMissed: (message: ChannelMessage, count: number) => void;
}

export declare class LocalGroups {
  constructor(observer?: GroupObserver);
  add(group: string, receiver: Receiver): void;
  discard(group: string, receiver: Receiver): void;
  deliver(group: string, message: ChannelMessage, except?: Receiver): number;
  has(group: string): boolean;
  clear(): void;
  get size(): number;
}

export declare class Mailbox implements Receiver {
  readonly kind: ReceiverKind;
  constructor(options: MailboxOptions);
  deliver(message: ChannelMessage): boolean;
  receive({ signal, onListening }?: ReceiveOptions): Promise<ChannelMessage>;
  get isAlive(): boolean;
  get isDisposable(): boolean;
  renewLease(): void;
  clear(): void;
  close(error: Error): void;
}

export interface MailboxOptions {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
  readonly now: () => number;
  readonly onDrop: (reason: "expired" | "closed", message: ChannelMessage) => void;
}

export declare const MAX_TIMER_MS: number;

export declare class MessageTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_TOO_LARGE";
  readonly type: string;
  readonly sizeBytes: number;
  readonly limitBytes: number;
  constructor(type: string, sizeBytes: number, limitBytes: number);
}

export declare class PendingReplies<Reply> {
  request(send: (number: number) => Promise<unknown>): Promise<Reply>;
  resolve(number: number, reply: Reply): void;
  rejectAll(error: Error): void;
}

export declare class PlainMembers<Member extends Receiver = Receiver> implements GroupMembers {
  protected readonly members: Set<Member>;
  get size(): number;
  add(member: Member): void;
  delete(member: Member): void;
  deliver(message: ChannelMessage, except?: Receiver): number;
}

export declare const plainReceiverKind: ReceiverKind;

export declare const PROCESS_SEPARATOR = "!";

export interface Receiver {
  readonly kind: ReceiverKind;
  deliver(message: ChannelMessage): boolean;
}

export interface ReceiverKind {
  createMembers(): GroupMembers;
}

// Not exported, but part of the above:

interface ChannelRegistry {
  readonly groups: LocalGroups;
  makeName(): string;
  register(name: string, channel: LocalChannel): void;
  unregister(name: string): void;
  countMissed(message: ChannelMessage, count: number): void;
}

declare class LocalMembers {
  get size(): number;
  get isEmpty(): boolean;
  add(receiver: Receiver): void;
  discard(receiver: Receiver): void;
  deliver(message: ChannelMessage, except?: Receiver): number;
}
