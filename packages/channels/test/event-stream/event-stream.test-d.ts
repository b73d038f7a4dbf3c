/** What the compiler promises of event streams: they need what their consumers need, and stand where HTTP does. */
import {
  authStack,
  consumer,
  include,
  InMemorySessionStore,
  protocolRouter,
  route,
  urlRouter,
  WebSocketConsumer,
  type ScopeParams,
  type UserScope,
  type WebSocketScope,
} from "@lobby/channels";
import { eventStream, type EventStreamScope } from "@lobby/channels/event-stream";
import type { Equal } from "../support/equal.ts";

interface User {
  readonly name: string;
}

class Quiet extends WebSocketConsumer {}
class Room extends WebSocketConsumer<WebSocketScope & ScopeParams<"/:room/">> {}
class Members extends WebSocketConsumer<WebSocketScope & ScopeParams<"/:room/"> & UserScope<User>> {}

const auth = authStack<User>({
  sessions: { store: new InMemorySessionStore() },
  users: { loadUser: (id) => ({ name: id }) },
});
const members = consumer(Members);
const sockets = urlRouter([route("/:room/", members)]);

protocolRouter({
  http: auth(urlRouter([route("/sse/:room/", eventStream(members)), route("/", () => new Response())])),
  websocket: auth(urlRouter([route("/ws/:room/", members)])),
});
protocolRouter({ http: urlRouter([include("/sse/", auth(eventStream(sockets)))]) });
protocolRouter({ http: urlRouter([include("/sse/", eventStream(auth(sockets)))]) });
protocolRouter({ http: eventStream(consumer(Quiet)) });

// @ts-expect-error: there is no such option
eventStream(members, { heartbeatMs: 5 });

type Needs = EventStreamScope<WebSocketScope & ScopeParams<"/:room/"> & UserScope<User>>;
true satisfies Equal<Needs["type"], "http">;
true satisfies Equal<Needs["user"], User | undefined>;
false satisfies "subprotocols" extends keyof Needs ? true : false;

// @ts-expect-error: nothing adds the user
protocolRouter({ http: urlRouter([route("/sse/:room/", eventStream(members))]) });
// @ts-expect-error: the route's parameter has another name
protocolRouter({ http: auth(urlRouter([route("/sse/:name/", eventStream(members))])) });
// @ts-expect-error: no route has the parameter
protocolRouter({ http: eventStream(consumer(Room)) });
// @ts-expect-error: an event stream is HTTP
protocolRouter({ websocket: eventStream(consumer(Quiet)) });
// @ts-expect-error: an event stream is made of what serves sockets
eventStream(() => new Response());
