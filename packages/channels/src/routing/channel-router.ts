/** Routes the messages of named channels to their applications. */
import { checkApplication } from "../application/check-application.ts";
import type { ChannelApplication } from "../application/application.ts";
import { Denial } from "../application/denial.ts";
import type { Inside, Known } from "../application/inside.ts";
import type { ChannelScope } from "../application/scope.ts";
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";

/**
 * Returns an application that passes each message to the application of its channel. Denies a message of any other
 * channel with 404. A worker (`startWorker`) listens to these channels.
 * @param applications The applications by the name of their channel.
 * @example
 * channelNameRouter({ thumbnails: channelConsumer(work, { "thumbnail.make": makeThumbnail }) });
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an application is not a function.
 * @see Django Channels, `ChannelNameRouter`.
 */
export function channelNameRouter<K = never, Scope = ChannelScope & Known<K>>(
  applications: Readonly<Record<string, ChannelApplication<Scope> & Inside<K>>>,
): ChannelApplication<Scope & ChannelScope> & Inside<K> {
  if (typeof applications !== "object" || applications === null) {
    throw new ConfigurationError(
      `Expected \`applications\` to be a table with an application for each channel, got ${describeValue(applications)}.`,
    );
  }
  for (const [channel, application] of Object.entries(applications)) {
    checkApplication(`applications.${channel}`, application);
  }
  const byName = new Map(Object.entries(applications));
  const router: ChannelApplication<Scope & ChannelScope> = (message, scope) => {
    const application = byName.get(scope.channel);
    if (application !== undefined) return application(message, scope);
    return new Denial(404, `No application listens to the channel ${quote(scope.channel)}.`);
  };
  return Object.assign(router, { channels: [...byName.keys()] });
}
