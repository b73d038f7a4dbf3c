/** Mounts a Hono app as an HTTP application. Types Hono by its structure, and so needs no version of it. */
import type { HttpApplication } from "../application/application.ts";
import type { Denial } from "../application/denial.ts";
import { failureOf } from "../application/failure.ts";
import { incomingRequest } from "../application/incoming-request.ts";
import type { HttpScope } from "../application/scope.ts";
import { BrokenBodyError } from "../errors.ts";
import { checkFunction, checkMethods, checkOptions } from "../internal/check-options.ts";
import { cutTarget } from "../internal/cut-target.ts";
import type { Awaitable } from "../internal/promise.ts";

/** The part of a Hono app that `hono` calls. */
export interface HonoLike<Context> {
  readonly fetch: (request: Request, env?: never, executionContext?: never) => Response | Promise<Response>;
  readonly onError: (handler: (error: unknown, context: Context) => Response | Promise<Response>) => unknown;
}

/** The optional settings of `hono`. */
export interface HonoOptions<Context> {
  /**
   * Returns the page for an error that a handler threw. `hono` gives the page the status and the headers of `denial`,
   * such as 503 and `Retry-After`. Default: the server answers with the denial as plain text.
   */
  readonly onError?: (denial: Denial, context: Context, error: unknown) => Awaitable<Response>;
}

/** The scope that the app declares as its `Bindings`. */
type BindingsOf<Context> = Context extends { readonly env: infer Bindings }
  ? unknown extends Bindings
    ? HttpScope
    : Bindings
  : HttpScope;

/** The part of a Hono context that the error handler reads. */
interface ErrorContext {
  readonly env: HttpScope;
  readonly req: { readonly method: string; readonly raw: Request; readonly arrayBuffer: () => Promise<ArrayBuffer> };
  readonly newResponse: (body: Response["body"], init: Response) => Response;
}

/**
 * Makes an HTTP application of a Hono app. Its handlers find the scope in `context.env`, with the type of the app's
 * `Bindings`. An app whose `Bindings` need middleware does not compile without that middleware around it.
 *
 * Replaces the error handler of the app. The server answers a retryable error with 503, a body over the limit with 413,
 * a broken body with 400 or 408, and any other error with 500. It reports these errors as it does for other applications. A Hono `HTTPException` keeps
 * its response, and a sub-app keeps its own error handler.
 *
 * @example
 * const app = new Hono<{ Bindings: HttpScope & UserScope<User> }>();
 * app.get("/me", (context) => context.text(context.env.user?.name ?? "nobody"));
 * const application = protocolRouter({ http: withUser(hono(app)) });
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the app lacks `fetch` or `onError`, an option is unknown, or
 * the option `onError` is not a function.
 */
export function hono<Context extends object>(
  app: HonoLike<Context>,
  options: HonoOptions<NoInfer<Context>> = {},
): HttpApplication<BindingsOf<Context>> {
  checkMethods("app", app, ["fetch", "onError"]);
  checkOptions("hono", options, ["onError"]);
  const { onError } = options;
  if (onError !== undefined) checkFunction("onError", onError);
  /** The contexts whose page threw. Hono calls the error handler again for each middleware around the failure. */
  const withFailedPage = new WeakSet<Context>();
  app.onError(async (thrown, context) => {
    const { env, req, newResponse } = context as unknown as ErrorContext;
    const error = await ownError(thrown, req);
    if (hasResponse(error)) {
      const response = error.getResponse();
      return newResponse(response.body, response);
    }
    // The server knows whether the error is only the end of a client that has left.
    if (onError === undefined || req.raw.signal.aborted || withFailedPage.has(context)) throw error;
    const { denial, level } = failureOf(error, "The server failed to answer");
    const operation = `${req.method} ${cutTarget(`${env.url.pathname}${env.url.search}`)}`;
    if (level !== undefined) env.server.report({ level, source: "http", operation, error });
    withFailedPage.add(context);
    const page = await onError(denial, context, error);
    withFailedPage.delete(context);
    return withStatusOf(denial, page);
  });
  return (request, scope) => app.fetch(request, scope as never);
}

/** Returns the error of the server in place of one that Hono threw because it could not parse the body. */
async function ownError(thrown: unknown, req: ErrorContext["req"]): Promise<unknown> {
  const isJson = thrown instanceof SyntaxError;
  if (!(isJson || thrown instanceof TypeError) || !req.raw.bodyUsed) return thrown;
  const type = req.raw.headers.get("content-type");
  try {
    // Hono keeps the body that it parsed.
    const init = {
      method: "POST",
      body: await req.arrayBuffer(),
      headers: type === null ? {} : { "Content-Type": type },
    };
    const copy = incomingRequest(req.raw.url, init);
    await (isJson ? copy.json() : copy.formData());
  } catch (error) {
    if (error instanceof BrokenBodyError && (error.cause as Error).message === thrown.message) return error;
  }
  return thrown;
}

/** Returns whether an error is an `HTTPException` of Hono. */
function hasResponse(error: unknown): error is { getResponse(): Response } {
  return typeof error === "object" && error !== null && "getResponse" in error;
}

function withStatusOf({ status, headers }: Denial, page: Response): Response {
  const merged = new Headers(page.headers);
  for (const [name, value] of headers) if (name !== "content-type") merged.set(name, value);
  return new Response(page.body, { status, headers: merged });
}
