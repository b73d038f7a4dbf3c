/** Type tests: middleware provides the properties that an application needs. */
import {
  authStack,
  consumer,
  cookies,
  Denial,
  InMemorySessionStore,
  protocolRouter,
  route,
  sessions,
  stack,
  urlRouter,
  WebSocketConsumer,
  type ChannelScope,
  type HttpScope,
  type ScopeParams,
  type Stack,
  type UserScope,
  type WebSocketScope,
} from "@lobby/channels";
import { requestApplication } from "@lobby/channels/testing";
import type { Equal } from "../support/equal.ts";

type RoomScope = WebSocketScope & ScopeParams<"/ws/chat/:room/">;

// Middleware provides what a consumer needs, or it does not compile.

interface User {
  readonly name: string;
}

class Members extends WebSocketConsumer<RoomScope & UserScope<User>> {
  override connect(): void {
    void (true satisfies Equal<typeof this.scope.user, User | undefined>);
    this.accept();
  }
}

const store = new InMemorySessionStore();
const withAuth = authStack<User>({ sessions: { store }, users: { loadUser: (id) => ({ name: id }) } });
const members = urlRouter([route("/ws/:room/", consumer(Members))]);

protocolRouter({ websocket: withAuth(members) });
protocolRouter({ websocket: urlRouter([route("/ws/:room/", withAuth(consumer(Members)))]) });

// @ts-expect-error: nothing adds the user
protocolRouter({ websocket: members });
const half = urlRouter([route("/a/:room/", withAuth(consumer(Members))), route("/b/:room/", consumer(Members))]);
// @ts-expect-error: nothing adds the user to one of the routes
protocolRouter({ websocket: half });
// @ts-expect-error: cookies add no user
protocolRouter({ websocket: stack(cookies())(members) });
// @ts-expect-error: sessions need cookies before them
protocolRouter({ websocket: stack(sessions({ store }), cookies())(members) });
// @ts-expect-error: the middleware adds a user of another type
protocolRouter({ websocket: stack(() => ({ user: 42 }))(members) });
// @ts-expect-error: the middleware adds a user who may be something else
protocolRouter({ websocket: stack(() => ({ user: Math.random() > 0.5 ? { name: "Mina" } : "Mina" }))(members) });
// @ts-expect-error: the stack provides the user, but nothing provides the room
protocolRouter({ websocket: withAuth(consumer(Members)) });

protocolRouter({ websocket: stack(() => ({ user: { name: "Mina" } }))(members) });
protocolRouter({ websocket: stack(async (): Promise<Denial | { user: undefined }> => ({ user: undefined }))(members) });
protocolRouter({ websocket: stack(cookies(), sessions({ store }), () => ({ user: undefined }))(members) });

// Middleware that needs what an earlier one adds.

const greet = (scope: { readonly name: string }): { greeting: string } => ({ greeting: scope.name });
const greeted = (_request: Request, scope: HttpScope & { readonly greeting: string }): Response =>
  new Response(scope.greeting);

void requestApplication(stack(() => ({ name: "Mina" }), greet)(greeted), "/");
// @ts-expect-error: nothing adds the name
void requestApplication(stack(greet)(greeted), "/");
// @ts-expect-error: the name is added too late
void requestApplication(stack(greet, () => ({ name: "Mina" }))(greeted), "/");
// @ts-expect-error: the name has the wrong type
void requestApplication(stack(() => ({ name: 1 }), greet)(greeted), "/");

// A step without annotations sees the scope of its kind of connection, and what the steps before it add.

const measured = stack(
  (scope) => ({ host: scope.url.host }),
  ({ host, headers }) => ({ length: host.length, accept: headers.get("accept") }),
  async ({ host, length, client }) =>
    length > 99 ? new Denial(400, "The host is too long.") : { label: `${host} ${client.address}` },
  ({ label, accept }) => ({ last: `${label} ${accept}` }),
).use(({ last, layer }) => ({ joined: last, layer }));
void requestApplication(
  measured((_request, { length, joined, url }) => {
    void (true satisfies Equal<[typeof length, typeof joined, typeof url], [number, string, URL]>);
    return new Response(joined);
  }),
  "/",
);
const countedJobs = stack((_scope: ChannelScope) => ({ job: 1 })).use(({ job, channel }) => ({ label: channel + job }));
protocolRouter({ channel: countedJobs((_message, { label }) => void (true satisfies Equal<typeof label, string>)) });
// @ts-expect-error: a step that names no protocol sees requests and WebSockets, which have no channel
stack(({ channel }) => ({ channel }));
// @ts-expect-error: no earlier step adds the name
stack(() => ({ host: "" })).use(({ name }) => ({ name }));
// @ts-expect-error: a step returns properties
stack(() => "host");
// @ts-expect-error: a step returns properties
stack().use(({ url }) => url.href);
// @ts-expect-error: a stack takes four steps at once, and `use` more
stack(cookies(), cookies(), cookies(), cookies(), cookies());

// The type of a stack says what it adds.

type AddsOf<S> = S extends Stack<never, infer Adds> ? Adds : never;
void (true satisfies Equal<AddsOf<Stack<unknown, { name: string }>>, { name: string }>);
void (true satisfies Equal<AddsOf<typeof measured>["joined"], string>);
void (true satisfies Equal<NonNullable<(typeof withAuth)["~adds"]>["user"], User | undefined>);

declare function additionsOf<Adds>(requires: Stack<never, Adds>): Adds;
const onlyMembers = withAuth.use(({ user }) => (user === undefined ? new Denial(401) : { user }));
void (true satisfies Equal<ReturnType<typeof additionsOf<{ name: string }>>, { name: string }>);
void (additionsOf(withAuth).user satisfies User | undefined);
void (additionsOf(onlyMembers).user satisfies User);
void (additionsOf(countedJobs).label satisfies string);
// @ts-expect-error: the stack adds no rank
void additionsOf(onlyMembers).rank;

// A handler without a scope of its own is refused wherever it stands.

declare const fetchOfAnother: (request: Request, scope?: HttpScope) => Response;
declare const fetchWithoutScope: (request: Request, scope: unknown) => Response;
// @ts-expect-error: the scope is optional
protocolRouter({ http: withAuth(fetchOfAnother) });
// @ts-expect-error: the scope is unknown
protocolRouter({ http: withAuth(fetchWithoutScope) });
