/**
 * Who a visitor is.
 * @see Django Channels, "Authentication". Differs: nobody is `undefined`
 * instead of an AnonymousUser, and `currentUser` notices a logout elsewhere.
 */
import type { Awaitable } from "../internal/promise.ts";
import { cookies, type CookieScope } from "./cookies.ts";
import { stack, type Middleware, type Stack } from "./stack.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { checkMethods, checkOptions } from "../internal/check-options.ts";
import { connections, userSubject } from "../application/revocation.ts";
import type { ReplyHeaders, RequestHeaders, SubjectScope } from "../application/scope.ts";
import { sessions, type SessionOptions, type SessionScope } from "./sessions.ts";

/** Where the session keeps the user's id, and what the login rests on. */
const USER_ID = "userId";
const USER_STAMP = "userStamp";

/** Where users come from. */
export interface UserStore<User> {
  /** The user with this id; undefined when there is none, or no longer. */
  loadUser(id: string): Awaitable<User | undefined>;
  /**
   * What a login of this user rests on, to be handed to `login`: text that changes with the password, such as
   * the time of its last change. Sessions with another one are nobody's from then on. Default: nothing that changes.
   */
  stampOf?(user: User): Awaitable<string>;
}

/** What `users()` adds to a scope. */
export interface UserScope<User> {
  /** Who was logged in when the connection opened, or when its scope was made anew. */
  readonly user: User | undefined;
}

/**
 * Adds `scope.user`, and the subject of the user; needs `sessions()` before it.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the store has no `loadUser`.
 */
export function users<User>(
  store: UserStore<User>,
): Middleware<SessionScope & SubjectScope, UserScope<User> & SubjectScope> {
  checkMethods("users", store, ["loadUser"]);
  return async (scope) => {
    const { id, user } = await identify(scope, store);
    return { user, subjects: id === undefined ? scope.subjects : [...scope.subjects, userSubject(id)] };
  };
}

/** Asks the stores who is logged in at this moment: with an ended session, a deleted user or a changed stamp, nobody. */
export async function currentUser<User>(scope: SessionScope, store: UserStore<User>): Promise<User | undefined> {
  return (await identify(scope, store)).user;
}

/** Whose session it is: an id without a user when that user is gone, neither when the login rests on nothing any more. */
async function identify<User>(
  scope: SessionScope,
  store: UserStore<User>,
): Promise<{ readonly id?: string; readonly user?: User | undefined }> {
  const id = await userIdOf(scope);
  if (id === undefined) return {};
  const user = await store.loadUser(id);
  if (user === undefined || store.stampOf === undefined) return { id, user };
  return (await store.stampOf(user)) === (await scope.session.get(USER_STAMP)) ? { id, user } : {};
}

async function userIdOf({ session }: SessionScope): Promise<string | undefined> {
  const id = await session.get(USER_ID);
  return typeof id === "string" ? id : undefined;
}

/** What logging in and out needs to know of a connection. */
export interface LoginScope extends SessionScope {
  readonly layer: ChannelLayer;
}

/**
 * Logs a user in, under a new session key, so that a key that leaked before is
 * worth nothing, and without what another user left in the session. What is open under the old key is refreshed:
 * nobody is logged in there. Logins and logouts of one session are done one after the other, in the order of asking.
 * @param stamp What the user store's `stampOf` says of the user; needed when the store has it.
 * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when the handshake is over.
 */
export async function login({ session, layer }: LoginScope, userId: string, stamp?: string): Promise<void> {
  const subject = await session.rotate((data) => {
    const isOfAnother = data[USER_ID] !== undefined && data[USER_ID] !== userId;
    return { ...(isOfAnother ? {} : data), [USER_STAMP]: stamp, [USER_ID]: userId };
  });
  if (subject !== undefined) await connections(layer).refresh(subject);
}

/** Ends the session, and closes what is open in it with 4401, on every process of the layer. */
export async function logout({ session, layer }: LoginScope): Promise<void> {
  const subject = await session.clear();
  if (subject !== undefined) await connections(layer).close(subject, { code: 4401, reason: "Logged out" });
}

/** What `authStack` is made from. */
export interface AuthOptions<User> {
  readonly sessions: SessionOptions;
  readonly users: UserStore<User>;
}

/**
 * Cookies, session and user in one. Throws as `sessions` and `users` do.
 * @see Django Channels, `AuthMiddlewareStack`.
 */
export function authStack<User>(
  options: AuthOptions<User>,
): Stack<
  { readonly headers: RequestHeaders; readonly reply: ReplyHeaders } & SubjectScope,
  CookieScope & SessionScope & UserScope<User> & SubjectScope
> {
  checkOptions("authStack", options, ["sessions", "users"]);
  return stack(cookies(), sessions(options.sessions), users(options.users));
}
