/** Combines the applications of all protocols into the root of an application. */
import type { ChannelApplication, HttpApplication, WebSocketApplication } from "../application/application.ts";
import { checkApplication, checkResponse } from "../application/check-application.ts";
import { Denial } from "../application/denial.ts";
import type { Inside, Knows } from "../application/inside.ts";
import type { Provided } from "../application/missing.ts";
import type { ChannelScope, HttpScope, WebSocketScope } from "../application/scope.ts";
import { checkOptions } from "../internal/check-options.ts";
import { checkLayer } from "../layers/check-layer.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { InMemoryChannelLayer } from "../layers/memory.ts";
import { NO_ROUTE } from "./url-router.ts";

/** The root of an application: one application per protocol, and the layer that they share. */
export interface ProtocolRouter {
  readonly http: HttpApplication;
  readonly websocket: WebSocketApplication;
  readonly channel: ChannelApplication;
  readonly layer: ChannelLayer;
}

/** The options of `protocolRouter`. The root denies a protocol without an application with 404. */
export interface ProtocolRouterOptions<
  HttpNeeds = HttpScope,
  WebSocketNeeds = WebSocketScope,
  ChannelNeeds = ChannelScope,
> {
  readonly http?: Inside<Knows<HttpScope>> & Provided<HttpNeeds, HttpScope, HttpApplication<HttpNeeds>>;
  readonly websocket?: Inside<Knows<WebSocketScope>> &
    Provided<WebSocketNeeds, WebSocketScope, WebSocketApplication<WebSocketNeeds>>;
  readonly channel?: Inside<Knows<ChannelScope>> &
    Provided<ChannelNeeds, ChannelScope, ChannelApplication<ChannelNeeds>>;
  /** The channel layer. Default: a new `InMemoryChannelLayer`, which serves one process. */
  readonly layer?: ChannelLayer;
}

/** The options without the types by which the compiler checks the scopes. */
interface Applications {
  readonly http?: HttpApplication;
  readonly websocket?: WebSocketApplication;
  readonly channel?: ChannelApplication;
  readonly layer?: ChannelLayer;
}

/**
 * Combines one application per protocol and a layer into the root of an application. The root denies a plain HTTP
 * request with 426 when only `websocket` has a route for its path.
 *
 * @example
 * const application = protocolRouter({
 *   http: urlRouter([route("/", () => new Response("hello"))]),
 *   websocket: urlRouter([route("/ws/:room/", consumer(Chat))]),
 * });
 * const server = await serve(application);
 *
 * @see Django Channels, `ProtocolTypeRouter`. Differs: the root has the layer, and denies a protocol without an
 * application instead of raising an exception.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, an application is not a function, or
 * the layer lacks a method. The root throws it when its HTTP application returns neither a response nor a denial.
 */
export function protocolRouter<HttpNeeds = HttpScope, WebSocketNeeds = WebSocketScope, ChannelNeeds = ChannelScope>(
  options: ProtocolRouterOptions<HttpNeeds, WebSocketNeeds, ChannelNeeds>,
): ProtocolRouter {
  checkOptions("protocolRouter", options, ["http", "websocket", "channel", "layer"]);
  const { http, websocket, channel = nothing, layer = new InMemoryChannelLayer() }: Applications = options as object;
  for (const [protocol, application] of Object.entries({ http, websocket, channel })) {
    if (application !== undefined) checkApplication(protocol, application);
  }
  checkLayer("layer", layer);
  return {
    layer,
    channel,
    websocket: websocket ?? nothing,
    http: Object.assign(
      async (request: Request, scope: HttpScope): Promise<Response | Denial> => {
        const answer = http === undefined ? NO_ROUTE : await http(request, scope);
        if (!(answer instanceof Denial)) checkResponse(answer);
        const isMissing = answer instanceof Denial ? answer === NO_ROUTE : answer.status === 404;
        if (isMissing && websocket?.handles?.(scope.url.pathname) === true) {
          scope.reply.append("Upgrade", "websocket");
          return new Denial(426, "This address is a WebSocket. Open it with a WebSocket client.");
        }
        return answer;
      },
      http?.handles && { handles: http.handles },
    ),
  };
}

/** Denies with 404. Serves the protocols without an application. */
function nothing(): Denial {
  return NO_ROUTE;
}
