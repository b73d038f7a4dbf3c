/** What the compiler promises of workers; see `types.test-d.ts`. */
import {
  channelConsumer,
  channelNameRouter,
  protocolRouter,
  publisher,
  startWorker,
  stack,
  type ChannelLayer,
  type ChannelScope,
  type ChannelTable,
  type ContractEvents,
  type StandardSchema,
  type UserScope,
} from "@lobby/channels";
import type { Equal } from "../support/equal.ts";

interface ThumbnailEvents {
  "thumbnail.make": { image: string };
  "thumbnail.drop": { id: number };
}

const thumbnails = channelConsumer<ThumbnailEvents>({
  "thumbnail.make": async (event, scope) => {
    void (true satisfies Equal<typeof event, { readonly type: "thumbnail.make" } & Readonly<{ image: string }>>);
    void (true satisfies Equal<typeof scope, ChannelScope>);
    await scope.layer.send("thumbnails", event);
  },
  "thumbnail.drop": ({ id }) => void (true satisfies Equal<typeof id, number>),
});
startWorker(protocolRouter({ channel: channelNameRouter({ thumbnails }) }), { concurrency: { thumbnails: 4 } });

export const tables: readonly ChannelTable<ThumbnailEvents>[] = [
  // @ts-expect-error: no handler for a declared event
  { "thumbnail.make": () => undefined },
  {
    "thumbnail.make": () => undefined,
    "thumbnail.drop": () => undefined,
    // @ts-expect-error: a handler for an undeclared event
    "thumbnail.turn": () => undefined,
  },
  {
    // @ts-expect-error: the event has no such field
    "thumbnail.make": ({ id }) => void id,
    "thumbnail.drop": () => undefined,
  },
];

// A contract gives the events.

declare const contract: {
  readonly client: StandardSchema;
  readonly server: StandardSchema;
  readonly events: { readonly "mail.send": StandardSchema<{ to: string }> };
};
channelConsumer<ContractEvents<typeof contract>>({
  "mail.send": ({ to }) => void (true satisfies Equal<typeof to, string>),
});

channelConsumer(contract, {
  "mail.send": (event, scope) => {
    void (true satisfies Equal<typeof event, { readonly type: "mail.send" } & Readonly<{ to: string }>>);
    void (true satisfies Equal<typeof scope, ChannelScope>);
  },
});
// @ts-expect-error: no handler for an event of the contract
channelConsumer(contract, {});
channelConsumer({ events: contract.events }, { "mail.send": () => undefined });
declare const layer: ChannelLayer;
await publisher(layer, { events: contract.events }).send("mail", { type: "mail.send", to: "mina" });
// @ts-expect-error: the contract says that somebody gets it
await publisher(layer, contract).send("mail", { type: "mail.send" });

// A handler can need what middleware adds.

interface User {
  readonly name: string;
}

const ofMembers = channelConsumer<ThumbnailEvents, ChannelScope & UserScope<User>>({
  "thumbnail.make": (_event, { user }) => void (true satisfies Equal<typeof user, User | undefined>),
  "thumbnail.drop": () => undefined,
});
// @ts-expect-error: nothing adds the user
protocolRouter({ channel: channelNameRouter({ ofMembers }) });
protocolRouter({ channel: stack(() => ({ user: { name: "Mina" } }))(channelNameRouter({ ofMembers })) });

// @ts-expect-error: a worker needs the root, which has the layer
startWorker(channelNameRouter({ thumbnails }));
// @ts-expect-error: there is no such option
startWorker(protocolRouter({ channel: channelNameRouter({ thumbnails }) }), { retries: 3 });
