/** Type tests: the root takes one application per protocol. */
import {
  channelNameRouter,
  consumer,
  protocolRouter,
  route,
  urlRouter,
  WebSocketConsumer,
  type ChannelMessage,
  type Denial,
  type HttpScope,
  type WebSocketApplication,
} from "@lobby/channels";
import type { Equal } from "../support/equal.ts";

type Expect<T extends true> = T;

class Quiet extends WebSocketConsumer {}

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
// @ts-expect-error: a handler of requests opens no WebSocket
protocolRouter({ websocket: () => new Response() });
// @ts-expect-error: the scope is optional
protocolRouter({ http: (request: Request, scope?: HttpScope) => new Response(scope?.url.href ?? request.url) });
// @ts-expect-error: the scope is unknown
protocolRouter({ http: (_request: Request, scope: unknown) => new Response(String(scope)) });

protocolRouter({ channel: channelNameRouter({ thumbnails: (message: ChannelMessage) => void message.type }) });

export type WholeRouters = [
  Expect<Equal<ReturnType<typeof protocolRouter>["websocket"], WebSocketApplication>>,
  Expect<Equal<Awaited<ReturnType<ReturnType<typeof protocolRouter>["http"]>>, Response | Denial>>,
];
