/** Type tests: middleware provides the properties that an application needs. */
import {
  authStack,
  consumer,
  cookies,
  InMemorySessionStore,
  protocolRouter,
  route,
  sessions,
  stack,
  urlRouter,
  WebSocketConsumer,
  type Denial,
  type HttpScope,
  type ScopeParams,
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
