/**
 * Ending or renewing connections that are open: a session ended, a user was
 * banned, a role changed. A connection belongs to the subjects that middleware
 * put into its scope, and can be reached by them on every process of the layer.
 *
 * @see Django Channels has no counterpart: there a logged-out user keeps the socket.
 */
import type { Denial } from "./application.ts";
import { checkClose, MAX_REASON_BYTES } from "./close-codes.ts";
import type { LocalGroups } from "./layers/groups.ts";
import type { ChannelLayer, ChannelMessage } from "./layers/layer.ts";
import { checkOptions } from "./options.ts";
import type { SubjectScope } from "./scope.ts";

const TYPE = "~revocation";

/** What the names of the groups of subjects begin with. */
const PREFIX = "~subject:";

/** What travels to the connections of a subject. */
export type Revocation = { readonly type: typeof TYPE } & (
  | { readonly action: "close"; readonly code: number; readonly reason: string }
  | { readonly action: "refresh" }
);

/** How to close connections; an unknown option is refused. */
export interface RevocationOptions {
  /** Default 4403; see `WebSocketConsumer.close`. */
  readonly code?: number;
  /** Reaches the peer. Default "Access was revoked". */
  readonly reason?: string;
}

/**
 * Closes every open connection of a subject, on every process of the layer, at
 * once: also when one of its handlers is running. One that is about to open is refused.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown.
 * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the subject is longer than 503 UTF-16 code units.
 */
export async function closeConnections(
  layer: ChannelLayer,
  subject: string,
  options: RevocationOptions = {},
): Promise<void> {
  checkOptions("closeConnections", options, ["code", "reason"]);
  const { code = 4403, reason = "Access was revoked" } = options;
  checkClose(code, reason);
  const message: Revocation = { type: TYPE, action: "close", code, reason };
  await layer.groupSend(groupOf(subject), message);
}

/**
 * Runs the middleware of every open connection of a subject again. The consumer
 * gets the new scope between two handlers, or the connection is closed when the
 * middleware denies it: with 4000 and the denial's status, such as 4401.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the subject is longer than 503 UTF-16 code units.
 */
export async function refreshConnections(layer: ChannelLayer, subject: string): Promise<void> {
  const message: Revocation = { type: TYPE, action: "refresh" };
  await layer.groupSend(groupOf(subject), message);
}

/** The subject of everything that a user has open. */
export function userSubject(userId: string): string {
  return `user:${userId}`;
}

/**
 * Refreshes every connection of this process that has a subject. For layers,
 * after they could not hear for a while: what was revoked then was not heard.
 */
export function refreshAllConnections(groups: LocalGroups): void {
  const message: Revocation = { type: TYPE, action: "refresh" };
  for (const name of groups.names()) if (name.startsWith(PREFIX)) groups.deliver(name, message);
}

/** The groups of a connection's subjects. */
export function subjectGroups({ subjects }: SubjectScope): readonly string[] {
  return subjects.map(groupOf);
}

/** Whether a message is one of this module. */
export function isRevocation(message: ChannelMessage): message is Revocation {
  return message.type === TYPE;
}

/** How a connection closes that would be denied now. */
export function closeOf({ status, reason, closeCode = 4000 + status }: Denial): [code: number, reason: string] {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_REASON_BYTES));
  return [closeCode, reason.slice(0, read)];
}

function groupOf(subject: string): string {
  return `${PREFIX}${subject}`;
}
