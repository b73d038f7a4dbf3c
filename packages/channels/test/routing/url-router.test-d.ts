/** Type tests: the parameters of paths. */
import {
  consumer,
  include,
  protocolRouter,
  route,
  urlRouter,
  WebSocketConsumer,
  type ScopeParams,
  type WebSocketScope,
} from "@lobby/channels";
import type { PathParams } from "../../src/application/path-params.ts";
import type { Equal } from "../support/equal.ts";

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
