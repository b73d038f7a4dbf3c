/** The parts that a layer is made of, for whoever writes one. `testing` has the suite that it must pass. */
export { describeValue } from "../errors.ts";
export { isolateHook } from "../internal/isolate-hook.ts";
export { Drops } from "./drops.ts";
export { LocalGroups, type GroupObserver } from "./groups.ts";
export type { ReceiverKind, GroupMembers, Receiver } from "./layer.ts";
export { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
export { LocalChannel } from "./local-channel.ts";
export { LocalChannels } from "./local-channels.ts";
export { Mailbox, type MailboxOptions } from "./mailbox.ts";
export { checkOptions } from "../internal/check-options.ts";
export { checkMessage } from "./check-message.ts";
export { channelNameOf, checkChannelName, checkGroupName, PROCESS_SEPARATOR } from "./names.ts";
export { plainReceiverKind, PlainMembers } from "./plain-members.ts";
export { checkReceiveOptions } from "./check-receive-options.ts";
