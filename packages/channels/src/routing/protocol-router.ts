/** The root of a service: one application per protocol. */
import type { ChannelApplication, HttpApplication, WebSocketApplication } from "../application/application.ts";
import { Denial } from "../application/denial.ts";
import type { Inside, Knows } from "../application/inside.ts";
import type { Provided } from "../application/missing.ts";
import type { ChannelScope, HttpScope, WebSocketScope } from "../application/scope.ts";
import { checkFunction, checkMethods, checkOptions } from "../internal/check-options.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { InMemoryChannelLayer } from "../layers/memory.ts";
import { NO_ROUTE } from "./url-router.ts";

/** The root of everything a server serves: one application per protocol, and the layer they share. */
export interface ProtocolRouter {
  readonly http: HttpApplication;
  readonly websocket: WebSocketApplication;
  readonly channel: ChannelApplication;
  readonly layer: ChannelLayer;
}

/** What `protocolRouter` takes. A protocol left out is answered with 404. */
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
  /** Default: an `InMemoryChannelLayer` of its own, which serves one process. */
  readonly layer?: ChannelLayer;
}

/** The options once the compiler has found nothing missing. */
interface Applications {
  readonly http?: HttpApplication;
  readonly websocket?: WebSocketApplication;
  readonly channel?: ChannelApplication;
  readonly layer?: ChannelLayer;
}

const LAYER_METHODS = ["newChannel", "send", "receive", "groupAdd", "groupDiscard", "groupSend"];

/**
 * Chooses by protocol. A plain HTTP request to a path that the `websocket`
 * application handles, and `http` does not, is answered with 426.
 *
 * @see Django Channels, `ProtocolTypeRouter`. Differs: it holds the layer, and
 * an unknown protocol is a denial instead of an exception.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, an application no function, or the
 * layer none.
 */
export function protocolRouter<HttpNeeds = HttpScope, WebSocketNeeds = WebSocketScope, ChannelNeeds = ChannelScope>(
  options: ProtocolRouterOptions<HttpNeeds, WebSocketNeeds, ChannelNeeds>,
): ProtocolRouter {
  checkOptions("protocolRouter", options, ["http", "websocket", "channel", "layer"]);
  const { http, websocket, channel = nothing, layer = new InMemoryChannelLayer() }: Applications = options as object;
  for (const [protocol, application] of Object.entries({ http, websocket, channel })) {
    if (application !== undefined) checkFunction(protocol, application);
  }
  checkMethods("layer", layer, LAYER_METHODS);
  return {
    layer,
    channel,
    websocket: websocket ?? nothing,
    http: Object.assign(
      async (request: Request, scope: HttpScope): Promise<Response | Denial> => {
        const answer = http === undefined ? NO_ROUTE : await http(request, scope);
        const isMissing = answer instanceof Denial ? answer === NO_ROUTE : answer.status === 404;
        if (isMissing && websocket?.handles?.(scope.url.pathname) === true) {
          scope.reply.append("Upgrade", "websocket");
          return new Denial(426, "This address speaks WebSocket: open it with a WebSocket client.");
        }
        return answer;
      },
      http?.handles && { handles: http.handles },
    ),
  };
}

function nothing(): Denial {
  return NO_ROUTE;
}
