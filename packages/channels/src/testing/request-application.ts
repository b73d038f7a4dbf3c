/**
 * A client for one HTTP request of an application, in this process.
 * @see Django Channels, `HttpCommunicator`.
 */
import { Denial } from "../application/denial.ts";
import type { HttpApplication } from "../application/application.ts";
import { failureOf } from "../application/failure.ts";
import { logReport } from "../report.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { InMemoryChannelLayer } from "../layers/memory.ts";
import type { ProtocolRouter } from "../routing/protocol-router.ts";
import type { ClientAddress, HttpScope, ServerContext } from "../application/scope.ts";
import { TEST_CLIENT } from "./test-client.ts";

/** What a request of a test carries beside the `RequestInit`. */
export interface RequestApplicationOptions extends RequestInit {
  /** Default: the router's, or one of its own. */
  readonly layer?: ChannelLayer;
  /** Where the request comes from. Default 127.0.0.1, port 1. */
  readonly client?: ClientAddress;
  /** Default: one per layer that never closes, and writes reports to the console. */
  readonly server?: ServerContext;
}

const servers = new WeakMap<ChannelLayer, ServerContext>();

function serverOf(layer: ChannelLayer): ServerContext {
  let found = servers.get(layer);
  if (found === undefined) {
    found = {
      closing: new AbortController().signal,
      waitUntil() {},
      report: logReport,
    };
    servers.set(layer, found);
  }
  return found;
}

/**
 * Sends one request and gives the response as a client sees it. Rejects with what the application throws, so that the
 * test shows it, when a server would answer with 500 or 503 and report it.
 * @param application One HTTP application, or a `protocolRouter`, whose layer is then used.
 * @param path With or without a query, such as `/chat/lobby/`.
 * @param options Go to the request, but for `layer`, `client` and `server`; as with `fetch`, unknown ones are ignored.
 */
export async function requestApplication(
  application: HttpApplication | ProtocolRouter,
  path: string,
  options: RequestApplicationOptions = {},
): Promise<Response> {
  const root = typeof application === "function" ? { http: application, layer: undefined } : application;
  const {
    layer = root.layer ?? new InMemoryChannelLayer(),
    client = TEST_CLIENT,
    server = serverOf(layer),
    ...init
  } = options;
  const request = new Request(new URL(path, "http://testserver"), init);
  const reply = new Headers();
  const append = (name: string, value: string): boolean => {
    reply.append(name, value);
    return true;
  };
  const scope: HttpScope = {
    type: "http",
    url: new URL(request.url),
    headers: request.headers,
    client,
    params: {},
    subjects: [],
    reply: { append },
    layer,
    server,
  };
  let result: Response | Denial;
  try {
    result = await root.http(request, scope);
  } catch (error) {
    const { denial, level } = failureOf(error, "The server failed to answer");
    if (level !== undefined) throw error;
    return denial.toResponse();
  }
  const response = result instanceof Denial ? result.toResponse() : new Response(result.body, result);
  for (const [name, value] of reply) response.headers.append(name, value);
  return response;
}
