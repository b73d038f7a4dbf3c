// The exports of @lobby/channels/hono. `npm run describe` writes this file.

import { Denial } from "@lobby/channels";
import { HttpApplication } from "@lobby/channels";
import { HttpScope } from "@lobby/channels";

export declare function hono<Context extends object>(
  app: HonoLike<Context>,
  options?: HonoOptions<NoInfer<Context>>,
): HttpApplication<BindingsOf<Context>>;

export interface HonoLike<Context> {
  readonly fetch: (request: Request, env?: never, executionContext?: never) => Response | Promise<Response>;
  readonly onError: (handler: (error: unknown, context: Context) => Response | Promise<Response>) => unknown;
}

export interface HonoOptions<Context> {
  readonly onError?: (denial: Denial, context: Context, error: unknown) => Awaitable<Response>;
}

// Not exported, but part of the above:

type Awaitable<T> = T | PromiseLike<T>;

type BindingsOf<Context> = Context extends { readonly env: infer Bindings }
  ? unknown extends Bindings
    ? HttpScope
    : Bindings
  : HttpScope;
