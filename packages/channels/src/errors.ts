/**
 * The errors that `@lobby/channels` throws or reports. Compare codes, which never
 * change, instead of classes, which differ when a package is installed twice.
 * `docs/errors.md` is made from the docstrings of the classes.
 */
import { sentenceOf, type SchemaIssue } from "./standard-schema.ts";

/** The base of every error of this package. */
export abstract class ChannelsError extends Error {
  /** A permanent, machine-readable code: `CHANNELS_…`. */
  abstract readonly code: string;
  /** Whether a retry may succeed without a change of the application. Clients get 503 instead of 500. */
  readonly isRetryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * An option is unknown, out of range or of the wrong type, a path is not a pattern, a secret is too short, or a consumer
 * chose a subprotocol that the client did not offer: the parts were put together in a way that cannot work.
 */
export class ConfigurationError extends ChannelsError {
  readonly code = "CHANNELS_CONFIGURATION";
}

/** The name of a channel or a group is empty, longer than 512 UTF-16 code units, or not well-formed text. */
export class InvalidNameError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_NAME";
  readonly invalidName: string;
  constructor(kind: "channel" | "group", invalidName: string, rule: string) {
    super(`Expected a ${kind} name that ${rule}, got ${describeValue(invalidName)}.`);
    this.invalidName = invalidName;
  }
}

/**
 * A message for a layer has no `type`, or holds a value that JSON drops or changes: bytes, a date, a map, an object of a
 * class, a bigint, NaN, or an object that contains itself. Another process would receive something else.
 */
export class InvalidMessageError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_MESSAGE";
  /** @param flaw The value that JSON drops or changes, and its place; undefined when the type is missing. */
  constructor(message: unknown, flaw?: string, options?: ErrorOptions) {
    const got = `${describeValue(message)} with type ${describeValue(typeOf(message))}`;
    super(
      flaw === undefined
        ? `Expected a message with a non-empty string as its \`type\`, got ${got}. ` +
            "Send an object such as { type: 'chat.message', … }."
        : `Expected a message that JSON keeps unchanged, got ${got} with ${quote(flaw)}. ` +
            "Send text, finite numbers, booleans, null, and lists and plain objects of these; dates as text, bytes as base64.",
      options,
    );
  }
}

/**
 * An event breaks its contract; `type` names the event, `issues` the places. Thrown where the event is sent: nothing was
 * sent. Reported where it arrives: its sender has another version of the contract, and no handler received it.
 */
export class InvalidEventError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_EVENT";
  readonly type: string;
  readonly issues: readonly SchemaIssue[];
  constructor(type: string, issues: readonly SchemaIssue[]) {
    super(
      `The event ${quote(type)} breaks its contract: ${sentenceOf(issues)}. ` +
        "Send the declared fields. After a change of the contract, update every process.",
    );
    this.type = type;
    this.issues = issues;
  }
}

/**
 * A message is larger than its layer allows: 4 MiB of JSON over Redis, unless `maxMessageBytes` is set. The in-memory
 * layer has no limit.
 */
export class MessageTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_TOO_LARGE";
  readonly type: string;
  readonly sizeBytes: number;
  readonly limitBytes: number;
  constructor(type: string, sizeBytes: number, limitBytes: number) {
    super(
      `A message of type ${quote(type)} has ${sizeBytes} bytes; the layer allows ${limitBytes}. It was not sent. ` +
        "Send a reference to the data, or raise the layer's `maxMessageBytes`.",
    );
    this.type = type;
    this.sizeBytes = sizeBytes;
    this.limitBytes = limitBytes;
  }
}

/**
 * A direct `send` found `capacity` messages waiting at its receiver (100 unless set). The layer dropped the message and
 * counted it. `groupSend` never throws this: members without room miss the message, and the layer counts them.
 */
export class ChannelFullError extends ChannelsError {
  readonly code = "CHANNELS_CHANNEL_FULL";
  readonly channel: string;
  readonly capacity: number;
  constructor(channel: string, capacity: number) {
    super(
      `Channel ${quote(channel)} has ${capacity} waiting messages, its limit; the layer dropped this one. ` +
        "Send later, receive faster, or raise the layer's `capacity`.",
    );
    this.channel = channel;
    this.capacity = capacity;
  }
}

/** The layer was closed before the call or during it. */
export class LayerClosedError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_CLOSED";
  constructor() {
    super("The channel layer is closed. Close it after the servers and workers that use it.");
  }
}

/**
 * A `FaultyLayer` refused a call in a test, as the Redis layer does during an outage. Nothing was sent. Catch retryable
 * errors where the application can continue.
 */
export class LayerUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_UNAVAILABLE";
  override readonly isRetryable = true;
  constructor(attempt: string) {
    super(
      `The layer of this test refuses to ${attempt}: it has an outage, or \`refuse\` is set. ` +
        "Catch retryable errors where the application can continue.",
    );
  }
}

/**
 * A value for `sendJson` or a relay has no JSON: undefined, a function, a symbol, a bigint, or an object that contains
 * itself.
 */
export class NotJsonError extends ChannelsError {
  readonly code = "CHANNELS_NOT_JSON";
  /** @param cause The error of `JSON.stringify`; undefined when it gave no text. */
  constructor(value: unknown, cause?: unknown) {
    const remedy = cause === undefined ? "Send null for no value." : "Remove bigints and cycles.";
    super(`Expected a value that JSON can hold, got ${describeValue(value)}. ${remedy}`, { cause });
  }
}

/** Middleware around the application of a channel denied a message, so no handler received it. A worker reports it. */
export class MessageDeniedError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_DENIED";
  readonly channel: string;
  readonly type: string;
  readonly status: number;
  readonly reason: string;
  constructor(channel: string, type: string, status: number, reason: string) {
    super(
      `A message ${quote(type)} of the channel ${quote(channel)} was denied with ${status}: ${reason} ` +
        "Send a message that the middleware accepts, or mount the channel without it.",
    );
    this.channel = channel;
    this.type = type;
    this.status = status;
    this.reason = reason;
  }
}

/** An event reached a consumer or a worker that does not declare it. Reported as a warning, once per type. */
export class NoHandlerError extends ChannelsError {
  readonly code = "CHANNELS_NO_HANDLER";
  readonly source: string;
  readonly type: string;
  constructor(source: string, type: string) {
    super(
      `${source} declares no event ${quote(type)}; no handler received the message. ` +
        "Declare the event in the table, or send it to another receiver.",
    );
    this.source = source;
    this.type = type;
  }
}

/**
 * A close code or reason breaks the WebSocket protocol (RFC 6455 §7.4, §5.5). Allowed are the codes 1000 to 1014 except
 * 1004 to 1006, the codes 3000 to 4999, and reasons of up to 123 bytes of UTF-8.
 */
export class InvalidCloseError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_CLOSE";
}

/** A consumer called `accept` or `deny` after the handshake had been answered. */
export class HandshakeAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_ANSWERED";
  constructor(attempt: string) {
    super(`Cannot ${attempt}: the handshake was answered already. Call \`accept\` or \`deny\` once.`);
  }
}

/** The `connect` of a consumer ended without `accept` or `deny`. Reported as a warning. */
export class HandshakeNotAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_NOT_ANSWERED";
  constructor(source: string) {
    super(
      `${source}.connect() ended without calling accept() or deny(); the server denied the connection with 403. ` +
        "Call one of them before connect() ends.",
    );
  }
}

/**
 * A handler blocked the event loop for more than 100 ms, so every connection waited. Reported as a warning; `source`,
 * `operation` and `durationMs` name the handler.
 */
export class EventLoopBlockedError extends ChannelsError {
  readonly code = "CHANNELS_EVENT_LOOP_BLOCKED";
  readonly source: string;
  readonly operation: string;
  readonly durationMs: number;
  constructor(source: string, operation: string, durationMs: number) {
    super(
      `${source} blocked the event loop for ${Math.round(durationMs)} ms in ${quote(operation)}. ` +
        "Use an asynchronous call or a worker thread, or split the work.",
    );
    this.source = source;
    this.operation = operation;
    this.durationMs = durationMs;
  }
}

/** A segment of an address is not percent-encoded UTF-8. Routers answer such an address with 400. */
export class MalformedPathError extends ChannelsError {
  readonly code = "CHANNELS_MALFORMED_PATH";
  constructor(segment: string) {
    super(
      `Expected each segment of the address to be UTF-8, got ${quote(segment)}. Encode it with encodeURIComponent.`,
    );
  }
}

/**
 * A request body grew past the server's `maxBodyBytes` while a handler read it. When the handler lets the error through,
 * the client gets 413 and nothing is reported.
 */
export class BodyTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_BODY_TOO_LARGE";
  readonly limitBytes: number;
  constructor(limitBytes: number) {
    super(
      `The body of this request has more than ${limitBytes} bytes, the limit of the server. ` +
        "Let the error through to answer with 413, or raise the server's `maxBodyBytes`.",
    );
    this.limitBytes = limitBytes;
  }
}

/**
 * A page of an origin that is not allowed tried to open a socket and got 403. Reported as a warning, once per origin.
 * Behind a proxy, trust the proxy, or configure it to forward the Host header. Lobby: `--public-url`, `--trust-proxy`.
 */
export class OriginRefusedError extends ChannelsError {
  readonly code = "CHANNELS_ORIGIN_REFUSED";
  constructor(origin: string, host: string, allowed: string) {
    super(
      `A page of ${quote(origin)} may not open a socket at ${quote(host)}; allowed: ${allowed}. ` +
        "If the page is yours, add its origin to `allowedOrigins`.",
    );
  }
}

/**
 * The reason of `scope.server.closing` and of request bodies: the server is closing. Clients get 503. `closeCode` and
 * `reason` are those that the server sends to its sockets.
 */
export class ServerClosingError extends ChannelsError {
  readonly code = "CHANNELS_SERVER_CLOSING";
  /** The close code and the reason that the server gives to its sockets. */
  readonly closeCode: number;
  readonly reason: string;
  constructor(closeCode: number, reason: string) {
    super(`The server is closing with ${closeCode}: ${quote(reason)}. Retry later, or at another node.`);
    this.closeCode = closeCode;
    this.reason = reason;
  }
}

/** A session began on an open socket, when its cookie can no longer reach the client. */
export class SessionTooLateError extends ChannelsError {
  readonly code = "CHANNELS_SESSION_TOO_LATE";
  constructor() {
    super(
      "A session cannot begin on an open socket: its cookie cannot reach the client. " +
        "Begin it in an HTTP response or before accept().",
    );
  }
}

/**
 * A worker cannot receive from a channel. Reported as a warning; the worker retries and reports the recovery. `cause` is
 * the reason. Messages of other channels are not affected.
 */
export class WorkerDisconnectedError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_DISCONNECTED";
  readonly channel: string;
  /** The start of the disconnection, in milliseconds since 1970. */
  readonly sinceMs: number;
  constructor(channel: string, sinceMs: number, cause: unknown) {
    super(`The worker cannot receive from the channel ${quote(channel)}; it retries and reports the recovery.`, {
      cause,
    });
    this.channel = channel;
    this.sinceMs = sinceMs;
  }
}

/** A worker receives from a channel again. Reported as a warning, because messages may have been lost meanwhile. */
export class WorkerRecoveredError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_RECOVERED";
  readonly channel: string;
  /** How long the worker could not receive. */
  readonly durationMs: number;
  constructor(channel: string, durationMs: number) {
    super(
      `The worker receives from the channel ${quote(channel)} again, after ${durationMs} ms. ` +
        "Senders may have got errors meanwhile, and messages may have expired.",
    );
    this.channel = channel;
    this.durationMs = durationMs;
  }
}

/**
 * The awaited output of a test communicator did not arrive in time. The application keeps running: wait again, or raise
 * `timeoutMs`. The message lists the reports of the application, which usually name the cause.
 */
export class CommunicatorTimeoutError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_TIMEOUT";
  constructor(awaited: string, timeoutMs: number, seen: string) {
    super(`Waited ${timeoutMs} ms for ${awaited}; ${seen}.`);
  }
}

/**
 * A test communicator received something else: a close instead of a frame, a frame instead of nothing, or a message of
 * another kind; or its connection was never opened.
 */
export class CommunicatorMismatchError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_MISMATCH";
  constructor(awaited: string, got: string) {
    super(`Expected ${awaited}, got ${got}.`);
  }
}

/** Returns text in quotes, cut to 100 characters so that a hostile value cannot flood a log. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

/** Returns a wrong value for an error message: text in quotes, "a list", "an object", "a function", or the value as in code. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return `\`${String(value)}${typeof value === "bigint" ? "n" : ""}\``;
}

function typeOf(message: unknown): unknown {
  return (message as { readonly type?: unknown } | null | undefined)?.type;
}

/** The codes of this package's errors. */
export type ChannelsErrorCode = (
  | BodyTooLargeError
  | ChannelFullError
  | CommunicatorMismatchError
  | CommunicatorTimeoutError
  | ConfigurationError
  | EventLoopBlockedError
  | HandshakeAnsweredError
  | HandshakeNotAnsweredError
  | InvalidCloseError
  | InvalidEventError
  | InvalidMessageError
  | InvalidNameError
  | LayerClosedError
  | LayerUnavailableError
  | MalformedPathError
  | MessageDeniedError
  | MessageTooLargeError
  | NoHandlerError
  | NotJsonError
  | OriginRefusedError
  | ServerClosingError
  | SessionTooLateError
  | WorkerDisconnectedError
  | WorkerRecoveredError
)["code"];
