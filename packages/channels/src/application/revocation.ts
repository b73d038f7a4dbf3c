/**
 * Ending or renewing connections that are open: a session ended, a user was
 * banned, a role changed. A connection belongs to the subjects that middleware
 * put into its scope, and can be reached by them on every process of the layer.
 *
 * @see Django Channels has no counterpart: there a logged-out user keeps the socket.
 */
import type { Denial } from "./denial.ts";
import { checkClose, MAX_REASON_BYTES } from "./close-codes.ts";
import type { ChannelLayer, ChannelMessage } from "../layers/layer.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { SubjectScope } from "./scope.ts";

const TYPE = "~revocation";

/** What the names of the groups of subjects begin with. */
const PREFIX = "~subject:";

/** What travels to the connections of a subject. */
export type Revocation = { readonly type: typeof TYPE } & (
  | { readonly action: "close"; readonly code: number; readonly reason: string }
  | { readonly action: "refresh" }
);

/** The optional parts of a close. */
export interface CloseConnectionsOptions {
  /** Default 4403; see `WebSocketConsumer.close`. */
  readonly code?: number;
  /** The reason that the client receives. Default "Access was revoked". */
  readonly reason?: string;
}

/** The open connections of every process of one layer, by subject. */
export interface Connections {
  /**
   * Closes every open connection of a subject at once, also while one of its handlers is running. Refuses a
   * connection of the subject that is about to open.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the code or the reason breaks RFC 6455.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the subject is longer than 503 UTF-16 code units.
   */
  close(subject: string, options?: CloseConnectionsOptions): Promise<void>;
  /**
   * Runs the middleware of every open connection of a subject again. The consumer gets the new scope between two
   * handlers. The server closes a connection that its middleware now denies, with 4000 and the denial's status, such
   * as 4401.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the subject is longer than 503 UTF-16 code units.
   */
  refresh(subject: string): Promise<void>;
}

/**
 * Returns the open connections of every process of a layer.
 *
 * @example
 * await connections(layer).close(userSubject(user.id), { code: 4403, reason: "Banned" });
 */
export function connections(layer: ChannelLayer): Connections {
  const send = (subject: string, revocation: Revocation): Promise<void> =>
    layer.groupSend(groupOf(subject), revocation);
  return {
    async close(subject, options = {}) {
      checkOptions("connections.close", options, ["code", "reason"]);
      const { code = 4403, reason = "Access was revoked" } = options;
      checkClose(code, reason);
      await send(subject, { type: TYPE, action: "close", code, reason });
    },
    refresh: (subject) => send(subject, { type: TYPE, action: "refresh" }),
  };
}

/** The subject of everything that a user has open. */
export function userSubject(userId: string): string {
  return `user:${userId}`;
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
