/** Type tests: the bindings of a Hono app are the scope that it needs. */
import { Hono } from "hono";
import {
  authStack,
  include,
  InMemorySessionStore,
  protocolRouter,
  route,
  urlRouter,
  type Denial,
  type HttpApplication,
  type HttpScope,
  type ScopeParams,
  type UserScope,
} from "@lobby/channels";
import { hono } from "@lobby/channels/hono";
import type { Equal } from "../support/equal.ts";

interface User {
  readonly name: string;
}

const withUser = authStack<User>({
  sessions: { store: new InMemorySessionStore() },
  users: { loadUser: (name) => ({ name }) },
});
const app = new Hono<{ Bindings: HttpScope & UserScope<User> }>();
const mounted = hono(app, {
  onError: (denial, context, error) => {
    void (true satisfies Equal<[typeof denial, typeof error], [Denial, unknown]>);
    void (true satisfies Equal<typeof context.env.user, User | undefined>);
    return context.html(denial.reason);
  },
});
void (true satisfies Equal<typeof mounted, HttpApplication<HttpScope & UserScope<User>>>);

protocolRouter({ http: withUser(mounted) });
protocolRouter({ http: urlRouter([route("/", () => new Response("home")), include("/", withUser(mounted))]) });
// @ts-expect-error: nothing adds the user
protocolRouter({ http: mounted });
// @ts-expect-error: nothing adds the user
protocolRouter({ http: urlRouter([include("/", hono(app))]) });
// @ts-expect-error: the fetch of an app may go without its scope
protocolRouter({ http: withUser(app.fetch) });
// @ts-expect-error: the fetch of an app may go without its scope
protocolRouter({ http: urlRouter([include("/", new Hono().fetch)]) });
// @ts-expect-error: a page is a response
hono(app, { onError: ({ reason }) => reason });
// @ts-expect-error: there is no such option
hono(app, { onFailure: () => new Response() });
// @ts-expect-error: an app has `onError`
hono({ fetch: () => new Response() });

// An app without bindings needs what every request has; the path around an app may give parameters.

void (true satisfies Equal<ReturnType<typeof hono<{ readonly env: unknown }>>, HttpApplication>);
protocolRouter({ http: hono(new Hono()) });
const teams = new Hono<{ Bindings: HttpScope & ScopeParams<"/:team/"> }>();
protocolRouter({ http: urlRouter([include("/teams/:team/", hono(teams))]) });
// @ts-expect-error: the path around the app has no team
protocolRouter({ http: urlRouter([include("/teams/", hono(teams))]) });
