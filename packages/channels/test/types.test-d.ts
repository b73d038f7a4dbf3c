/**
 * What the compiler promises. Compiled by `tsc`, never run: a line below
 * `@ts-expect-error` that compiles is an error, and so is an `Expect` of `false`.
 */
import {
  authStack,
  channelNameRouter,
  consumer,
  cookies,
  include,
  InMemoryChannelLayer,
  InMemorySessionStore,
  methods,
  protocolRouter,
  route,
  sessions,
  stack,
  urlRouter,
  WebSocketConsumer,
  type ChannelMessage,
  type ConsumerContext,
  type Denial,
  type EventTable,
  type HttpScope,
  type PathParams,
  type ScopeParams,
  type UserScope,
  type WebSocketApplication,
  type WebSocketScope,
} from "@lobby/channels";
import { requestApplication, WebSocketCommunicator } from "@lobby/channels/testing";
import type { Equal } from "./support/equal.ts";
type Expect<T extends true> = T;

// Parameters come from the path literal.

export type ParamsOfPaths = [
  Expect<Equal<PathParams<"/ws/chat/:room/">, { readonly room: string }>>,
  Expect<
    Equal<PathParams<"/:org/team/:team/:id">, { readonly org: string; readonly team: string; readonly id: string }>
  >,
  Expect<Equal<keyof ScopeParams<"/chat/lobby/">["params"], never>>,
];

type RoomScope = WebSocketScope & ScopeParams<"/ws/chat/:room/">;

class Room extends WebSocketConsumer<RoomScope> {
  override connect(): void {
    const { room } = this.scope.params;
    void (true satisfies Equal<typeof room, string>);
    // @ts-expect-error: the path has no parameter of this name
    void this.scope.params.rom;
    // @ts-expect-error: a scope is read-only
    this.scope.params = { room: "other" };
    this.accept(room);
  }
}

protocolRouter({ websocket: urlRouter([route("/ws/chat/:room/", consumer(Room))]) });
protocolRouter({ websocket: urlRouter([include("/ws/:room/", urlRouter([route("/chat/", consumer(Room))]))]) });
protocolRouter({
  websocket: urlRouter([include("/:a/", urlRouter([include("/:room/", urlRouter([route("/:b/", consumer(Room))]))]))]),
});

// @ts-expect-error: the route's parameter has another name
protocolRouter({ websocket: urlRouter([route("/ws/chat/:name/", consumer(Room))]) });
// @ts-expect-error: the route has no parameter
protocolRouter({ websocket: urlRouter([route("/ws/chat/", consumer(Room))]) });
// @ts-expect-error: no level has the parameter
protocolRouter({ websocket: urlRouter([include("/ws/:name/", urlRouter([route("/chat/", consumer(Room))]))]) });
// @ts-expect-error: one of two routes has no parameter
protocolRouter({ websocket: urlRouter([route("/a/:room/", consumer(Room)), route("/b/", consumer(Room))]) });
// @ts-expect-error: no router at all
protocolRouter({ websocket: consumer(Room) });

class NumberRoom extends WebSocketConsumer<WebSocketScope & { readonly params: { readonly room: number } }> {}
// @ts-expect-error: a parameter is text, not a number
protocolRouter({ websocket: urlRouter([route("/ws/chat/:room/", consumer(NumberRoom))]) });

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

// An address with several methods needs what each of their handlers needs.

const read = (_request: Request, { params }: HttpScope & ScopeParams<"/:id/">): Response => Response.json(params);
const write = (_request: Request, { user }: HttpScope & UserScope<User>): Response => new Response(user?.name);
const both = urlRouter([route("/:id/", methods({ GET: read, POST: write, DELETE: () => new Response() }))]);
protocolRouter({ http: withAuth(both) });
protocolRouter({ http: urlRouter([route("/:id/", methods({ GET: read }))]) });
// @ts-expect-error: nothing adds the user
protocolRouter({ http: both });
// @ts-expect-error: the route has no parameter
protocolRouter({ http: urlRouter([route("/", methods({ GET: read, POST: () => new Response() }))]) });
// @ts-expect-error: a handler answers with a response
methods({ GET: () => "hello" });

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

// A consumer's events have a handler or a relay each, with the event's type inferred.

class Chat extends WebSocketConsumer<
  WebSocketScope,
  { "chat.message": { text: string }; "chat.kick": { id: number } }
> {
  static readonly events: EventTable<Chat> = {
    "chat.message": {
      relay: (event) => {
        void (true satisfies Equal<typeof event, { readonly type: "chat.message"; readonly text: string }>);
        return event.text;
      },
    },
    "chat.kick"(event) {
      void (true satisfies Equal<typeof event.id, number>);
      this.close(4000 + event.id);
    },
  };

  override async receive(text: string): Promise<void> {
    await this.groupSend("room", { type: "chat.message", text });
    await this.groupSend("room", { type: "chat.kick", id: 1 });
    // @ts-expect-error: the event is not declared
    await this.groupSend("room", { type: "chat.mesage", text });
    // @ts-expect-error: the field is not the event's
    await this.groupSend("room", { type: "chat.message", txt: text });
    // @ts-expect-error: the field has the wrong type
    await this.groupSend("room", { type: "chat.kick", id: "1" });
    // @ts-expect-error: the field is missing
    await this.groupSend("room", { type: "chat.kick" });
    // @ts-expect-error: the field is another event's
    await this.groupSend("room", { type: "chat.message", text, id: 1 });
  }
}
protocolRouter({ websocket: consumer(Chat) });

export const tables: readonly EventTable<Chat>[] = [
  { "chat.message": { relay: ({ text }) => JSON.stringify({ text }) }, "chat.kick": async () => undefined },
  // @ts-expect-error: no handler for a declared event
  { "chat.message": { relay: ({ text }) => text } },
  {
    "chat.message": { relay: ({ text }) => text },
    "chat.kick": () => undefined,
    // @ts-expect-error: a relay for an undeclared event
    "chat.typing": { relay: () => "" },
  },
  {
    "chat.message": { relay: ({ text }) => text },
    "chat.kick": () => undefined,
    // @ts-expect-error: a handler for an undeclared event
    "chat.typing": () => undefined,
  },
  {
    // @ts-expect-error: the event has no such field
    "chat.message": { relay: ({ body }) => body },
    "chat.kick": () => undefined,
  },
  {
    // @ts-expect-error: a relay of another event
    "chat.message": { relay: ({ id }: { readonly id: number }) => `${id}` },
    "chat.kick": () => undefined,
  },
  {
    // @ts-expect-error: what a relay makes is a frame
    "chat.message": { relay: ({ text }) => ({ text }) },
    "chat.kick": () => undefined,
  },
  {
    "chat.message": { relay: ({ text }) => text },
    "chat.kick"() {
      // @ts-expect-error: a consumer has no such method
      this.kick();
    },
  },
];

// All members of a group may be handed one event: nobody can change it.

interface Listed {
  list: { names: string[]; readonly pair: [number, { x: number }]; at: Date | undefined; any: unknown; id: Branded };
}
type Branded = string & { readonly "~brand": "id" };
class Lister extends WebSocketConsumer<WebSocketScope, Listed> {
  static readonly events: EventTable<Lister> = {
    list(event) {
      // @ts-expect-error: a field is read-only
      event.names = [];
      // @ts-expect-error: so is what it holds
      event.names.push("Mina");
      // @ts-expect-error: and what that holds
      event.pair[1].x = 1;
      void (event.id satisfies Branded);
      const [name, [number, { x }], at] = [event.names[0], event.pair, event.at?.getTime()];
      this.send(`${name} ${number + x} ${at} ${JSON.stringify(event.any)}`);
    },
  };
  override async receive(text: string): Promise<void> {
    const id = text as Branded;
    await this.groupSend("room", { type: "list", names: [text], pair: [1, { x: 1 }], at: new Date(), any: text, id });
  }
}
consumer(Lister);

class Forgetful extends WebSocketConsumer<WebSocketScope, { note: object }> {}
// @ts-expect-error: the class declares events and has no table
consumer(Forgetful);

class Partial extends WebSocketConsumer<WebSocketScope, { note: object; other: object }> {
  static readonly events = { note: { relay: () => "" } };
}
// @ts-expect-error: the table lacks an event
consumer(Partial);

class Inferred extends WebSocketConsumer<WebSocketScope, { note: { text: string }; other: { id: number } }> {
  static readonly events = { note: { relay: ({ text }: { text: string }) => text }, other: (): void => undefined };
}
consumer(Inferred);

class Excessive extends WebSocketConsumer<WebSocketScope, { note: object }> {
  static readonly events = { note: { relay: () => "" }, nte: { relay: () => "" } };
}
// @ts-expect-error: the table has an event that the class does not declare
consumer(Excessive);

class Wrong extends WebSocketConsumer<WebSocketScope, { note: { text: string } }> {
  static readonly events = { note: (_self: Wrong, event: { readonly id: number }): void => void event.id };
}
// @ts-expect-error: the handler takes another event
consumer(Wrong);

class Undeclared extends WebSocketConsumer {
  static readonly events = { note: { relay: () => "" } };
}
// @ts-expect-error: the class has a table and declares no events
consumer(Undeclared);

class Louder extends Chat {}
consumer(Louder);

class Shouter extends WebSocketConsumer<WebSocketScope, { note: { text: string } }> {
  static readonly events: EventTable<Shouter> = { note: { relay: ({ text }) => text } };
  readonly volume: number;
  constructor(context: ConsumerContext, volume: number) {
    super(context);
    this.volume = volume;
  }
}
consumer(Shouter, 11);
// @ts-expect-error: the volume is missing
consumer(Shouter);

class Quiet extends WebSocketConsumer {
  override async receive(text: string): Promise<void> {
    // @ts-expect-error: a consumer that declares no events sends none
    await this.groupSend("room", { type: "note", text });
    await this.layer.groupSend("room", { type: "note", text });
    // @ts-expect-error: a message has a type
    await this.layer.groupSend("room", { text });
  }
}
consumer(Quiet);

// Constructor arguments are checked where the consumer is mounted.

class Greeter extends WebSocketConsumer {
  readonly greeting: string;
  constructor(context: ConsumerContext, greeting: string) {
    super(context);
    this.greeting = greeting;
  }
}
consumer(Greeter, "hello");
// @ts-expect-error: the greeting is missing
consumer(Greeter);
// @ts-expect-error: the greeting is text
consumer(Greeter, 1);
// @ts-expect-error: nobody takes a second one
consumer(Greeter, "hello", "again");

// Routers take applications of one protocol.

protocolRouter({
  http: urlRouter([route("/", () => new Response("hello")), route("/:name/", (request: Request) => fetch(request))]),
});
protocolRouter({ http: urlRouter([]), websocket: urlRouter([]) });
// @ts-expect-error: a WebSocket consumer answers no HTTP
protocolRouter({ http: urlRouter([route("/", consumer(Quiet))]) });
// @ts-expect-error: a fetch handler opens no WebSocket
protocolRouter({ websocket: urlRouter([route("/", (request: Request) => fetch(request))]) });
// @ts-expect-error: there is no such protocol
protocolRouter({ ftp: consumer(Quiet) });
// @ts-expect-error: an HTTP application gives a Response
protocolRouter({ http: () => "hello" });

protocolRouter({ channel: channelNameRouter({ thumbnails: (message: ChannelMessage) => void message.type }) });

// Communicators refuse what a server would.

void new WebSocketCommunicator(consumer(Quiet), "/");
void new WebSocketCommunicator(protocolRouter({ websocket: consumer(Quiet) }), "/");
// @ts-expect-error: nothing provides the room
void new WebSocketCommunicator(consumer(Room), "/");

// A layer is what it says it is.

const layer = new InMemoryChannelLayer({ capacity: 5 });
protocolRouter({ layer });
// @ts-expect-error: there is no such option
void new InMemoryChannelLayer({ channel_capacity: {} });

export type WholeRouters = [
  Expect<Equal<ReturnType<typeof protocolRouter>["websocket"], WebSocketApplication>>,
  Expect<Equal<Awaited<ReturnType<ReturnType<typeof protocolRouter>["http"]>>, Response | Denial>>,
];
