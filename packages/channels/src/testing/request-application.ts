/**
 * Sends one HTTP request to an application, within this process.
 * @see Django Channels, `HttpCommunicator`.
 */
import { checkResponse } from "../application/check-application.ts";
import { Denial } from "../application/denial.ts";
import type { HttpApplication } from "../application/application.ts";
import { failureOf } from "../application/failure.ts";
import { incomingRequest } from "../application/incoming-request.ts";
import { newHttpScope } from "../application/new-scope.ts";
import { logReport } from "../report.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { InMemoryChannelLayer } from "../layers/memory.ts";
import type { ProtocolRouter } from "../routing/protocol-router.ts";
import type { ClientAddress, ServerContext } from "../application/scope.ts";
import { checkTested } from "./check-tested.ts";
import { TEST_CLIENT } from "./test-client.ts";

/** Options of a test request, in addition to `RequestInit`. */
export interface RequestApplicationOptions extends RequestInit {
  /** The layer of the scope. Default: the layer of the router, or a new one. */
  readonly layer?: ChannelLayer;
  /** The address of the client. Default 127.0.0.1, port 1, `isUntrustedProxy` false. */
  readonly client?: Partial<ClientAddress>;
  /** The context of the server. Default: one per layer, which never closes and logs reports to the console. */
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
 * Sends one request and returns the response that a client would see. Rejects with the error of the application when a
 * server would report it.
 * @example
 * const response = await requestApplication(application, "/chat/lobby/");
 * assert.equal(response.status, 200);
 * @param application One HTTP application, or a `protocolRouter` with its layer.
 * @param path A path, such as `/chat/lobby/`, with or without a query.
 * @param options Options of `fetch`, and `layer`, `client` and `server`. As in `fetch`, unknown options are ignored.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the application is neither a function nor the result of
 * `protocolRouter`, the path is not text, or the application returns neither a response nor a denial.
 */
export async function requestApplication(
  application: HttpApplication | ProtocolRouter,
  path: string,
  options: RequestApplicationOptions = {},
): Promise<Response> {
  checkTested(application, path);
  const root = typeof application === "function" ? { http: application, layer: undefined } : application;
  const { layer = root.layer ?? new InMemoryChannelLayer(), client, server = serverOf(layer), ...init } = options;
  const request = incomingRequest(new URL(path, "http://testserver"), init);
  const reply = new Headers();
  const append = (name: string, value: string): boolean => {
    reply.append(name, value);
    return true;
  };
  const facts = {
    url: new URL(request.url),
    headers: request.headers,
    client: { ...TEST_CLIENT, ...client },
    reply: { append },
    layer,
  };
  let result: Response | Denial;
  try {
    result = await root.http(request, newHttpScope(facts, server));
    if (!(result instanceof Denial)) checkResponse(result);
  } catch (error) {
    const { denial, level } = failureOf(error, "The server failed to answer");
    if (level !== undefined) throw error;
    return denial.toResponse();
  }
  const response = result instanceof Denial ? result.toResponse() : new Response(result.body, result);
  for (const [name, value] of reply) response.headers.append(name, value);
  return response;
}
