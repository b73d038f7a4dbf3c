/**
 * Who a visitor is.
 * @see Django Channels, "Authentication". Differs: nobody is `undefined`
 * instead of an AnonymousUser, and `currentUser` notices a logout elsewhere.
 */
import type { Awaitable } from "./application.ts";
import { cookies, type CookieScope } from "./cookies.ts";
import { stack, type Middleware, type Stack } from "./middleware.ts";
import type { ReplyHeaders, RequestHeaders } from "./scope.ts";
import { sessions, type SessionOptions, type SessionScope } from "./sessions.ts";

/** Where the session keeps the user's id. */
const USER_ID = "userId";

/** Where users come from. */
export interface UserStore<User> {
  /** The user with this id; undefined when there is none, or no longer. */
  loadUser(id: string): Awaitable<User | undefined>;
}

/** What `users()` adds to a scope. */
export interface UserScope<User> {
  /** Who was logged in when the connection opened. */
  readonly user: User | undefined;
}

/** Adds `scope.user`; needs `sessions()` before it. */
export function users<User>(store: UserStore<User>): Middleware<SessionScope, UserScope<User>> {
  return async (scope) => ({ user: await currentUser(scope, store) });
}

/** Asks the stores who is logged in at this moment: an ended session or a deleted user is nobody. */
export async function currentUser<User>(scope: SessionScope, store: UserStore<User>): Promise<User | undefined> {
  const id = await scope.session.get(USER_ID);
  return typeof id === "string" ? await store.loadUser(id) : undefined;
}

/**
 * Logs a user in, under a new session key, so that a key that leaked before is worth nothing.
 * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when the handshake is over.
 */
export async function login(scope: SessionScope, userId: string): Promise<void> {
  const before = await scope.session.get(USER_ID);
  // First of all: when it is too late for this, nothing may have changed.
  await scope.session.rotate();
  if (before !== undefined && before !== userId) {
    await scope.session.clear();
    await scope.session.rotate();
  }
  await scope.session.set(USER_ID, userId);
}

/** Ends the session, on every device that shares it. */
export async function logout(scope: SessionScope): Promise<void> {
  await scope.session.clear();
}

/** What `authStack` is made from. */
export interface AuthOptions<User> {
  readonly sessions: SessionOptions;
  readonly users: UserStore<User>;
}

/** Cookies, session and user in one. @see Django Channels, `AuthMiddlewareStack`. */
export function authStack<User>(
  options: AuthOptions<User>,
): Stack<
  { readonly headers: RequestHeaders; readonly reply: ReplyHeaders },
  CookieScope & SessionScope & UserScope<User>
> {
  return stack(cookies(), sessions(options.sessions), users(options.users));
}
