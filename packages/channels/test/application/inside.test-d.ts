/** Type tests: inline handlers infer their arguments from the code around them. */
import {
  authStack,
  channelNameRouter,
  consumer,
  Denial,
  include,
  InMemorySessionStore,
  protocolRouter,
  route,
  stack,
  urlRouter,
  WebSocketConsumer,
  type ChannelMessage,
  type ChannelScope,
  type HttpRoutes,
  type HttpScope,
  type ScopeParams,
  type ServerSocket,
  type UserScope,
  type WebSocketScope,
} from "@lobby/channels";
import type { Equal } from "../support/equal.ts";

interface User {
  readonly name: string;
  readonly isStaff: boolean;
}

const withUser = authStack<User>({
  sessions: { store: new InMemorySessionStore() },
  users: { loadUser: (name) => ({ name, isStaff: false }) },
});
const member = withUser.use(({ user }) => (user === undefined ? new Denial(401, "Log in first.") : { user }));
const staff = member.use(async ({ user, url }) =>
  user.isStaff && url.pathname !== "/" ? { rank: 3 as const } : new Denial(403),
);

class Room extends WebSocketConsumer<WebSocketScope & ScopeParams<"/:room/"> & UserScope<User>> {}

// A handler sees the parameters and the middleware around it, at any depth.

protocolRouter({
  http: urlRouter([
    route("/rooms/:room", (request, { params, url }) => {
      void (true satisfies Equal<typeof request, Request>);
      void (true satisfies Equal<[typeof params.room, typeof url], [string, URL]>);
      return new Response(params.room);
    }),
    route(
      "/rooms/:room/edit",
      member(async (request, { user, params }) => {
        void (true satisfies Equal<[typeof user.name, typeof params.room], [string, string]>);
        return user.isStaff ? new Response(await request.text()) : new Denial(403);
      }),
    ),
    include(
      "/teams/:team/",
      staff(
        urlRouter([
          route("/files/:file", (_request, { rank, user, params: { team, file } }) => {
            void (true satisfies Equal<
              [typeof rank, typeof user.name, typeof team, typeof file],
              [3, string, string, string]
            >);
            return new Response(`${user.name} ${rank} ${team} ${file}`);
          }),
          include("/:folder/", urlRouter([route("/:leaf", (_request, { params }) => Response.json(params.folder))])),
        ]),
      ),
    ),
    route("/closed", () => new Denial(410, "It is over.")),
  ]),
  websocket: withUser(
    urlRouter([
      route("/ws/:room/", consumer(Room)),
      route("/none/:why/", (socket, { params, user, subprotocols }) => {
        void (true satisfies Equal<[typeof socket, typeof params.why], [ServerSocket, string]>);
        void (true satisfies Equal<[typeof user, typeof subprotocols], [User | undefined, readonly string[]]>);
        return new Denial(403, params.why);
      }),
    ]),
  ),
  channel: channelNameRouter({
    mail: (message, scope) => {
      void (true satisfies Equal<[typeof message, typeof scope.channel], [ChannelMessage, string]>);
    },
  }),
});

// A handler stands at the root, and inside a stack at the root.

protocolRouter({
  http: (request, { server, url }) => {
    server.waitUntil(request.text());
    return new Response(url.pathname);
  },
  websocket: (socket, { subprotocols }) => {
    void (true satisfies Equal<[typeof socket, typeof subprotocols], [ServerSocket, readonly string[]]>);
    return new Denial(404);
  },
  channel: (message, { channel }) =>
    void (true satisfies Equal<[typeof message.type, typeof channel], [string, string]>),
});
protocolRouter({
  http: member((_request, { user, server }) => new Response(`${user.name} ${server.closing.aborted}`)),
  websocket: member((_socket, { user, subprotocols }) => new Denial(403, `${user.name} ${subprotocols.length}`)),
});
const withJob = stack((_scope: ChannelScope) => ({ job: 7 })).use(({ job, channel }) => ({
  name: `${channel} ${job}`,
}));
protocolRouter({ channel: withJob((message, { job, name }) => void `${message.type} ${job} ${name}`) });
protocolRouter({ channel: withJob(channelNameRouter({ mail: (_message, { job, name }) => void `${job} ${name}` })) });

// A part in a file of its own states its scope once, and what is inside infers.

const api: HttpRoutes<HttpScope & UserScope<User>> = urlRouter([
  route("/me/:id", (_request, { user, params }) => new Response(`${user?.name} ${params.id}`)),
]);
protocolRouter({ http: withUser(urlRouter([include("/api/", api)])) });
// @ts-expect-error: nothing adds the user
protocolRouter({ http: api });

// Outside a root, the connection of a handler without annotations is a request; an annotated one gives its scope.

route("/:id", (request, { params, server }) => {
  server.waitUntil(request.text());
  return new Response(params.id);
});
route(
  "/:id",
  (_socket: ServerSocket, { params, subprotocols }) => new Denial(403, `${params.id} ${subprotocols.length}`),
);
withJob((_message: ChannelMessage, { channel, job }) => void `${channel} ${job}`);

// A description of the place is inferred, and never compared.

const anywhere = urlRouter([route("/a", (_request, { url }) => new Response(url.href))]);
protocolRouter({ http: anywhere });
protocolRouter({ http: urlRouter([include("/deep/:x/", withUser(urlRouter([include("/:y/", anywhere)])))]) });

// A call around the handler that the compiler has not inferred yet hides nothing of what the others know.

include(
  "/:team/",
  member(
    urlRouter([
      route("/:file", (_request, { user, server, params: { team, file } }) => {
        server.waitUntil(Promise.resolve());
        return new Response(`${user.name} ${team} ${file}`);
      }),
    ]),
  ),
);
withUser(
  urlRouter([
    include(
      "/:team/",
      stack(({ url }) => ({ host: url.host }))(
        urlRouter([
          route("/:file", (_request, { user, host, params: { team, file } }) => {
            void (true satisfies Equal<[typeof user, typeof host], [User | undefined, string]>);
            return new Response(`${team} ${file}`);
          }),
        ]),
      ),
    ),
  ]),
);

// The parameters of an inner path leave the outer path as it is.

const folders = urlRouter([include("/:folder/", urlRouter([route("/:file", () => new Response())]))]);
protocolRouter({ http: urlRouter([include("/teams/:team/", folders)]) });
