/**
 * Middleware that loads the user of a session, and the functions that log a user in and out.
 * @see Django Channels, "Authentication". Differs: a visitor without a login is `undefined` instead of an
 * AnonymousUser, and `currentUser` reads the stores, so it notices a logout elsewhere.
 */
import type { Awaitable } from "../internal/promise.ts";
import { cookies, type CookieScope } from "./cookies.ts";
import { stack, type Middleware, type Stack } from "./stack.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { checkMethods, checkOptions } from "../internal/check-options.ts";
import { connections, userSubject } from "../application/revocation.ts";
import type { ReplyHeaders, RequestHeaders, SubjectScope } from "../application/scope.ts";
import { sessions, type SessionOptions, type SessionScope } from "./sessions.ts";

/** The names under which a session keeps the user's id and stamp. */
const USER_ID = "userId";
const USER_STAMP = "userStamp";

/** A store of users. */
export interface UserStore<User> {
  /** Returns the user with this id; undefined when the store has none. */
  loadUser(id: string): Awaitable<User | undefined>;
  /**
   * Returns text that changes with the user's password, such as the time of its last change. Pass it to `login`. A
   * session with another stamp has no user. Default: sessions have no stamp.
   */
  stampOf?(user: User): Awaitable<string>;
}

/** The additions of `users()`. */
export interface UserScope<User> {
  /** The user who was logged in when the connection opened, or at the last refresh of its scope. */
  readonly user: User | undefined;
}

/**
 * Returns middleware that adds `scope.user` and the user's subject. Needs `sessions()` before it.
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

/** Loads the user who is logged in now. Returns undefined after a logout, a deletion or a change of the stamp. */
export async function currentUser<User>(scope: SessionScope, store: UserStore<User>): Promise<User | undefined> {
  return (await identify(scope, store)).user;
}

/** Loads the user of a session. Returns the id alone for a deleted user, and neither after a change of the stamp. */
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

/** The part of a scope that `login` and `logout` use. */
export interface LoginScope extends SessionScope {
  readonly layer: ChannelLayer;
}

/**
 * Logs a user in. Gives the session a new key, so that a key which leaked before is worthless, and removes the data of
 * another user. Refreshes the connections of the old key, which have no user then. Runs the logins and logouts of one
 * session in the order of the calls.
 * @param stamp The result of the store's `stampOf`. Required when the store has that method.
 * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when the handshake is over.
 */
export async function login({ session, layer }: LoginScope, userId: string, stamp?: string): Promise<void> {
  const subject = await session.rotate((data) => {
    const isOfAnother = data[USER_ID] !== undefined && data[USER_ID] !== userId;
    return { ...(isOfAnother ? {} : data), [USER_STAMP]: stamp, [USER_ID]: userId };
  });
  if (subject !== undefined) await connections(layer).refresh(subject);
}

/** Ends the session. Closes its connections on every process of the layer with 4401. */
export async function logout({ session, layer }: LoginScope): Promise<void> {
  const subject = await session.clear();
  if (subject !== undefined) await connections(layer).close(subject, { code: 4401, reason: "Logged out" });
}

/** The options of `authStack`. */
export interface AuthOptions<User> {
  readonly sessions: SessionOptions;
  readonly users: UserStore<User>;
}

/**
 * Composes `cookies`, `sessions` and `users`. Throws as `sessions` and `users` do.
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
