/**
 * Authenticates visitors: middleware loads the user of a session, and `login` and `logout` change it.
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
   * Returns text that changes with the user's password, such as the time of its last change. Pass the text to `login`. A
   * session with another stamp has no user. Default: sessions have no stamp.
   */
  stampOf?(user: User): Awaitable<string>;
}

/** The additions of `users` to a scope. */
export interface UserScope<User> {
  /** The user at the opening of the connection or the last refresh of its scope; undefined without a login. */
  readonly user: User | undefined;
}

/**
 * Returns middleware that adds `scope.user` and the user's subject. Needs `sessions()` before it.
 * @example
 * stack(cookies(), sessions({ store }), users({ loadUser: (id) => database.findUser(id) }));
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

/** Loads the current user of the session. Returns undefined after a logout, a deletion or a change of the stamp. */
export async function currentUser<User>(scope: SessionScope, store: UserStore<User>): Promise<User | undefined> {
  return (await identify(scope, store)).user;
}

/** Loads the user of a session. Returns only the id for a deleted user, and no id after a change of the stamp. */
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
 * Logs a user in. Gives the session a new key, so that a stolen key becomes useless, and removes the data of another
 * user. Refreshes the connections of the old key, which then have no user. Concurrent logins and logouts of one session
 * run in the order of the calls.
 * @param userId The id by which `loadUser` finds the user.
 * @param stamp The result of the store's `stampOf`. Required when the store has that method.
 * @example
 * const user = await findUser(name, password);
 * if (user === undefined) throw new Denial(403, "Wrong name or password.");
 * await login(scope, user.id);
 * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when the server has sent the answer or accepted the socket.
 */
export async function login({ session, layer }: LoginScope, userId: string, stamp?: string): Promise<void> {
  const subject = await session.rotate((data) => {
    const isOfAnother = data[USER_ID] !== undefined && data[USER_ID] !== userId;
    return { ...(isOfAnother ? {} : data), [USER_STAMP]: stamp, [USER_ID]: userId };
  });
  if (subject !== undefined) await connections(layer).refresh(subject);
}

/** Logs the user out: ends the session and closes its connections in every process of the layer with 4401. */
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
 * Returns a stack of `cookies`, `sessions` and `users`.
 * @example
 * const withUser = authStack({ sessions: { store }, users: { loadUser: (id) => database.findUser(id) } });
 * protocolRouter({ websocket: withUser(urlRouter([route("/ws/", consumer(Chat))])) });
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, a store lacks a method, or browsers
 * would refuse the cookie.
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
