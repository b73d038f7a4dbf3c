/** The root of a service: one application per protocol. */
import type { ChannelApplication, HttpApplication, WebSocketApplication } from "../application/application.ts";
import { Denial } from "../application/denial.ts";
import type { HttpScope } from "../application/scope.ts";
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
export interface ProtocolRouterOptions {
  readonly http?: HttpApplication;
  readonly websocket?: WebSocketApplication;
  readonly channel?: ChannelApplication;
  /** Default: an `InMemoryChannelLayer` of its own, which serves one process. */
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
export function protocolRouter(options: ProtocolRouterOptions): ProtocolRouter {
  checkOptions("protocolRouter", options, ["http", "websocket", "channel", "layer"]);
  const { http, websocket, channel = nothing, layer = new InMemoryChannelLayer() } = options;
  for (const [protocol, application] of Object.entries({ http, websocket, channel })) {
    if (application !== undefined) checkFunction(protocol, application);
  }
  checkMethods("layer", layer, LAYER_METHODS);
  return {
    layer,
    channel,
    websocket: websocket ?? nothing,
    async http(request: Request, scope: HttpScope): Promise<Response | Denial> {
      const answer = http === undefined ? NO_ROUTE : await http(request, scope);
      const isMissing = answer instanceof Denial ? answer === NO_ROUTE : answer.status === 404;
      if (isMissing && websocket?.handles?.(scope.url.pathname) === true) {
        scope.reply.append("Upgrade", "websocket");
        return new Denial(426, "This address speaks WebSocket: open it with a WebSocket client.");
      }
      return answer;
    },
  };
}

function nothing(): Denial {
  return NO_ROUTE;
}
