/** Routes the messages of named channels. */
import type { ChannelApplication } from "../application/application.ts";
import { Denial } from "../application/denial.ts";
import type { ChannelScope } from "../application/scope.ts";
import { quote } from "../errors.ts";

/**
 * Chooses the application for background work by the name of its channel. A
 * worker (`runWorker`) listens to these names.
 * @see Django Channels, `ChannelNameRouter`.
 */
export function channelNameRouter<Scope extends ChannelScope>(
  applications: Readonly<Record<string, ChannelApplication<Scope>>>,
): ChannelApplication<Scope> {
  const byName = new Map(Object.entries(applications));
  const router: ChannelApplication<Scope> = (message, scope) => {
    const application = byName.get(scope.channel);
    if (application !== undefined) return application(message, scope);
    return new Denial(404, `No application listens to the channel ${quote(scope.channel)}.`);
  };
  return Object.assign(router, { channels: [...byName.keys()] });
}
