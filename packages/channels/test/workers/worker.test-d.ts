/** Types of workers and channel consumers. */
import {
  channelConsumer,
  channelNameRouter,
  defineEvents,
  protocolRouter,
  publisher,
  startWorker,
  stack,
  type ChannelLayer,
  type ChannelScope,
  type StandardSchema,
  type UserScope,
} from "@lobby/channels";
import type { Equal } from "../support/equal.ts";

declare const image: StandardSchema<{ image: string }>;
declare const id: StandardSchema<{ id: number }>;
const work = defineEvents({ name: "work", events: { "thumbnail.make": image, "thumbnail.drop": id } });

const thumbnails = channelConsumer(work, {
  "thumbnail.make": async (event, scope) => {
    void (true satisfies Equal<typeof event, { readonly type: "thumbnail.make"; readonly image: string }>);
    void (true satisfies Equal<typeof scope, ChannelScope>);
    await scope.layer.send("thumbnails", event);
  },
  "thumbnail.drop": (event) => void (true satisfies Equal<typeof event.id, number>),
});
startWorker(protocolRouter({ channel: channelNameRouter({ thumbnails }) }), { concurrency: { thumbnails: 4 } });

// @ts-expect-error: no handler for an event of the contract
channelConsumer(work, { "thumbnail.make": () => undefined });
channelConsumer(work, {
  "thumbnail.make": () => undefined,
  "thumbnail.drop": () => undefined,
  // @ts-expect-error: the contract has no such event
  "thumbnail.turn": () => undefined,
});
channelConsumer(work, {
  // @ts-expect-error: the event has no such field
  "thumbnail.make": (event) => void event.id,
  "thumbnail.drop": () => undefined,
});
// @ts-expect-error: a channel consumer needs a contract
channelConsumer({ "thumbnail.make": () => undefined, "thumbnail.drop": () => undefined });

declare const layer: ChannelLayer;
await publisher(layer, work).send("thumbnails", { type: "thumbnail.make", image: "cat.png" });
// @ts-expect-error: the event has an image
await publisher(layer, work).send("thumbnails", { type: "thumbnail.make" });

// A handler can need additions of middleware.

interface User {
  readonly name: string;
}

const ofMembers = channelConsumer<typeof work, ChannelScope & UserScope<User>>(work, {
  "thumbnail.make": (_event, { user }) => void (true satisfies Equal<typeof user, User | undefined>),
  "thumbnail.drop": () => undefined,
});
// @ts-expect-error: no middleware adds the user
protocolRouter({ channel: channelNameRouter({ ofMembers }) });
const withMina = stack((_scope: ChannelScope) => ({ user: { name: "Mina" } }));
protocolRouter({ channel: withMina(channelNameRouter({ ofMembers })) });

// @ts-expect-error: a worker needs the root application, which has the layer
startWorker(channelNameRouter({ thumbnails }));
// @ts-expect-error: the worker has no such option
startWorker(protocolRouter({ channel: channelNameRouter({ thumbnails }) }), { retries: 3 });
