/**
 * Building blocks for channel layers, such as `@lobby/channels-redis`. The entry `testing` has the conformance suite.
 * @unstable These exports may change in a minor version.
 */
export { describeValue } from "../describe-value.ts";
export {
  ChannelFullError,
  ConfigurationError,
  InvalidMessageError,
  LayerClosedError,
  MessageTooLargeError,
} from "../errors.ts";
export { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
export { checkOptions } from "../internal/check-options.ts";
export { isolateHook } from "../internal/isolate-hook.ts";
export { PendingReplies } from "../internal/pending-replies.ts";
export { checkMessage } from "./check-message.ts";
export { checkReceiveOptions } from "./check-receive-options.ts";
export { Drops } from "./drops.ts";
export { LocalGroups, type GroupObserver } from "./groups.ts";
export type { GroupMembers, Receiver, ReceiverKind } from "./layer.ts";
export { LocalChannel } from "./local-channel.ts";
export { LocalChannels, type LocalChannelsOptions } from "./local-channels.ts";
export { Mailbox, type MailboxOptions } from "./mailbox.ts";
export { channelNameOf, checkChannelName, checkGroupName, PROCESS_SEPARATOR } from "./names.ts";
export { PlainMembers, plainReceiverKind } from "./plain-members.ts";
