/**
 * Closes or refreshes open connections, for example after a logout, a ban or a
 * change of roles. A connection belongs to the subjects that middleware added to
 * its scope. A revocation reaches it on every process of the layer.
 *
 * @see Django Channels has no counterpart: there a logged-out user keeps the socket.
 */
import type { Denial } from "./denial.ts";
import { checkClose, MAX_REASON_BYTES } from "./close-codes.ts";
import type { Channel, ChannelLayer, ChannelMessage } from "../layers/layer.ts";
import { checkMethods, checkOptions, checkText } from "../internal/check-options.ts";
import type { SubjectScope } from "./scope.ts";

const TYPE = "~revocation";

/** The prefix of the groups of subjects. */
const PREFIX = "~subject:";

/** The message to the connections of a subject. */
export type Revocation = { readonly type: typeof TYPE } & (
  | { readonly action: "close"; readonly code: number; readonly reason: string }
  | { readonly action: "refresh" }
);

/** The optional parts of a close. */
interface CloseConnectionsOptions {
  /** The close code: 1000 to 1014 except 1004 to 1006, or 3000 to 4999. Default 4403. */
  readonly code?: number;
  /** The reason that the client receives, at most 123 bytes of UTF-8. Default "Access was revoked". */
  readonly reason?: string;
}

/** The open connections of every process of one layer, by subject. */
export interface Connections {
  /**
   * Closes every open connection of a subject at once, even while one of its handlers runs. Denies a connection of the
   * subject that has not opened yet. Also throws the errors of `ChannelLayer.groupSend`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the code is not allowed or the reason is too long.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the subject is longer than 503 UTF-16 code units.
   */
  close(subject: string, options?: CloseConnectionsOptions): Promise<void>;
  /**
   * Runs the middleware of every open connection of a subject again. The consumer receives the new scope between two
   * handlers. When the middleware now denies a connection, the server closes it with 4000 plus the status of the
   * denial, such as 4401. Also throws the errors of `ChannelLayer.groupSend`.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the subject is longer than 503 UTF-16 code units.
   */
  refresh(subject: string): Promise<void>;
}

/**
 * Returns the open connections of every process of a layer.
 *
 * @example
 * await connections(layer).close(userSubject(user.id), { code: 4403, reason: "Banned" });
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the layer has no method `groupSend`.
 */
export function connections(layer: ChannelLayer): Connections {
  checkMethods("layer", layer, ["groupSend"]);
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

/**
 * Returns the subject that all connections of a user share: `user:` and the id.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the id is not text.
 */
export function userSubject(userId: string): string {
  checkText("userId", userId);
  return `user:${userId}`;
}

/**
 * Adds the channel of a connection to the groups of its subjects, and returns the promises of the layer. The channel also
 * joins while the layer is away: the layer then reports a gap, which refreshes the connection.
 */
export function joinSubjects(layer: ChannelLayer, channel: Channel, { subjects }: SubjectScope): Promise<void>[] {
  return subjects.map((subject) => layer.groupAdd(groupOf(subject), channel, { joinWhileAway: true }));
}

/** Returns whether a message closes or refreshes a connection. */
export function isRevocation(message: ChannelMessage): message is Revocation {
  return message.type === TYPE;
}

/** Returns the close code and reason for an open connection that its middleware now denies. */
export function closeOf({ status, reason, closeCode = 4000 + status }: Denial): [code: number, reason: string] {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_REASON_BYTES));
  return [closeCode, reason.slice(0, read)];
}

function groupOf(subject: string): string {
  return `${PREFIX}${subject}`;
}
