/** The parts that a layer is made of, for whoever writes one. `testing` has the suite that it must pass. */
export { show } from "../errors.ts";
export { guardHook } from "../hooks.ts";
export { refreshAllConnections } from "../revocation.ts";
export { Drops } from "./drops.ts";
export { LocalGroups, type GroupObserver } from "./groups.ts";
export type { Audience, Lane, Receiver } from "./layer.ts";
export { checkLimits, MAX_TIMER_MS } from "../limits.ts";
export { LocalChannel } from "./local-channel.ts";
export { LocalChannels } from "./local-channels.ts";
export { Mailbox, type MailboxOptions } from "./mailbox.ts";
export { checkOptions } from "../options.ts";
export { checkMessage } from "./messages.ts";
export { channelNameOf, checkChannelName, checkGroupName, PROCESS_SEPARATOR } from "./names.ts";
export { plainAudience, PlainLane } from "./plain-lane.ts";
export { checkReceiveOptions } from "./receive-options.ts";
