/**
 * The errors of `@lobby/channels`, apart from those that only workers or tools for tests have. Compare codes, which
 * never change, instead of classes: a program may have two copies of a package. `npm run describe` writes
 * `docs/errors.md` from the docstrings of the classes.
 */
import { describeValue, quote } from "./describe-value.ts";
import { sentenceOf, type SchemaIssue } from "./standard-schema.ts";

/** The base class of every error of this package. */
export abstract class ChannelsError extends Error {
  /** A permanent, machine-readable code: `CHANNELS_…`. */
  abstract readonly code: string;
  /** Whether a retry may succeed without a change of the application. A server then answers with 503 instead of 500. */
  readonly isRetryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * The error for parts that cannot work together: an option that is unknown, out of range or of the wrong type, a path
 * that is not a pattern, a secret that is too short, or a subprotocol that the client did not offer. Functions throw it
 * when they receive the part, usually at the start of the program.
 */
export class ConfigurationError extends ChannelsError {
  readonly code = "CHANNELS_CONFIGURATION";
}

/**
 * The error for the name of a channel or a group that is empty, longer than 512 UTF-16 code units, or not well-formed
 * text. Make names from short ids rather than from the text of users. A client that sends such a text in a request, a
 * handshake or a frame gets 400 or the close code 1008, and the server reports nothing. A worker or an event handler
 * reports the error.
 */
export class InvalidNameError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_NAME";
  readonly invalidName: string;
  /** @param rule The broken rule as the end of "a name that …", such as `is not empty`. */
  constructor(kind: "channel" | "group", invalidName: string, rule: string) {
    super(`Expected a ${kind} name that ${rule}, got ${describeValue(invalidName)}.`);
    this.invalidName = invalidName;
  }
}

/**
 * The error for a message of a layer that has no `type`, or that holds a value which JSON drops or changes: bytes, a
 * date, a map, an object of a class, a bigint, NaN, or more than 500 levels of nesting. Processes exchange JSON, so
 * another process would receive a different message.
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
 * The error for an event that breaks its contract. `type` is the type of the event, `issues` are the findings of its
 * schema. A sender throws the error and sends nothing. A receiver reports it when a process with another version of the
 * contract sent the event, and calls no handler.
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
 * The error for a message over the size limit of its layer: 4 MiB of JSON for the Redis layer, unless `maxMessageBytes`
 * sets another limit. The in-memory layer has no limit.
 */
export class MessageTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_TOO_LARGE";
  /** The type of the message. */
  readonly type: string;
  readonly sizeBytes: number;
  readonly limitBytes: number;
  constructor(type: string, sizeBytes: number, limitBytes: number) {
    super(
      `Expected a message of at most ${limitBytes} bytes, got ${sizeBytes} bytes of type ${quote(type)}; ` +
        "the layer did not send it. Send a reference to the data, or raise the layer's `maxMessageBytes`.",
    );
    this.type = type;
    this.sizeBytes = sizeBytes;
    this.limitBytes = limitBytes;
  }
}

/**
 * The error of a `send` to one channel in which `capacity` messages wait already, by default 100. The layer dropped the
 * message and counted it. `groupSend` never throws the error: the layer drops and counts the message for each member
 * without room.
 */
export class ChannelFullError extends ChannelsError {
  readonly code = "CHANNELS_CHANNEL_FULL";
  readonly channel: string;
  /** The number of messages that may wait. */
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

/** The error for a call of a layer that was closed before the call or during it. */
export class LayerClosedError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_CLOSED";
  constructor() {
    super("The channel layer is closed. Close it after the servers and workers that use it.");
  }
}

/**
 * The error for a value that has no JSON, in `sendJson` or in a relay: undefined, a function, a symbol, a bigint, or an
 * object that contains itself. `cause` is the error of `JSON.stringify`, if there is one.
 */
export class NotJsonError extends ChannelsError {
  readonly code = "CHANNELS_NOT_JSON";
  /** @param cause The error of `JSON.stringify`; undefined when it returned undefined. */
  constructor(value: unknown, cause?: unknown) {
    const remedy = cause === undefined ? "Send null for no value." : "Remove bigints and cycles.";
    super(`Expected a value that JSON can hold, got ${describeValue(value)}. ${remedy}`, { cause });
  }
}

/**
 * The warning of a consumer or a worker that received an event which it does not declare. It ignores the event, and
 * reports each type once.
 */
export class NoHandlerError extends ChannelsError {
  readonly code = "CHANNELS_NO_HANDLER";
  /** The name of the consumer class, or of the worker's channel. */
  readonly source: string;
  /** The type of the event. */
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
 * The error for a close code or a close reason that breaks the WebSocket protocol (RFC 6455 §7.4, §5.5). An application
 * may send the codes 1000 to 1014 except 1004 to 1006, the codes 3000 to 4999, and reasons of up to 123 bytes of UTF-8.
 */
export class InvalidCloseError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_CLOSE";
}

/**
 * The error for a consumer that calls `accept` or `deny` a second time. A handshake has one answer, and the client has
 * received it already.
 */
export class HandshakeAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_ANSWERED";
  /** @param attempt The second answer as an infinitive, such as `accept the connection`. */
  constructor(attempt: string) {
    super(`Cannot ${attempt}: the consumer has answered the handshake already. Call \`accept\` or \`deny\` once.`);
  }
}

/** The warning for a consumer whose `connect` ended without a call of `accept` or `deny`. The client receives 403. */
export class HandshakeNotAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_NOT_ANSWERED";
  /** @param source The name of the consumer class. */
  constructor(source: string) {
    super(
      `${source}.connect() ended without calling accept() or deny(); the server denied the connection with 403. ` +
        "Call one of them before connect() ends.",
    );
  }
}

/**
 * The warning for a handler that used more than 100 ms of CPU time before its first `await`. Every other connection of
 * the process waited for it. `source` and `operation` name the handler.
 */
export class EventLoopBlockedError extends ChannelsError {
  readonly code = "CHANNELS_EVENT_LOOP_BLOCKED";
  /** The name of the consumer class, or of the worker's channel. */
  readonly source: string;
  /** The hook, such as `receive`, or the type of the event. */
  readonly operation: string;
  /** The CPU time of the thread. */
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

/** The error for a path with a segment that is not percent-encoded UTF-8. Routers answer such a path with 400. */
export class MalformedPathError extends ChannelsError {
  readonly code = "CHANNELS_MALFORMED_PATH";
  constructor(segment: string) {
    super(`Expected each segment of the path to be UTF-8, got ${quote(segment)}. Encode it with encodeURIComponent.`);
  }
}

/**
 * The error for a request body that exceeds the server's `maxBodyBytes` while a handler reads it. When the handler does
 * not catch the error, the server answers with 413 and reports nothing.
 */
export class BodyTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_BODY_TOO_LARGE";
  readonly limitBytes: number;
  constructor(limitBytes: number) {
    super(
      `Expected a request body of at most ${limitBytes} bytes, got more. ` +
        "Do not catch the error, so that the server answers with 413, or raise the server's `maxBodyBytes`.",
    );
    this.limitBytes = limitBytes;
  }
}

/**
 * The error for a request body that breaks off while a handler reads it: the client left or was too slow, or a chunk was
 * malformed; or the body waited too long for its handler. Also the error of `request.json()` and `request.formData()` for a
 * body that is not JSON or a form. When the handler does not catch the error, the server answers with `status` and reports
 * nothing.
 */
export class BrokenBodyError extends ChannelsError {
  readonly code = "CHANNELS_BROKEN_BODY";
  /** The HTTP status of the answer: 400, 408 for a client that was too slow, or 503 for a body that waited too long. */
  readonly status: number;
  /** @param flaw The flaw of the body as the end of "a body that …", such as `broke off`. */
  constructor(flaw: string, status = 400, options?: ErrorOptions) {
    super(
      `Expected a valid request body, got one that ${flaw}. ` +
        `Do not catch the error, so that the server answers with ${status}.`,
      options,
    );
    this.status = status;
  }
}

/**
 * The warning for a page of a foreign origin that tried to open a socket. The server denied it with 403, and reports
 * each origin once. When a proxy changes the Host header, trust the proxy, or configure it to forward the header; in
 * Lobby, set `--public-url` or `--trust-proxy`.
 */
export class OriginRefusedError extends ChannelsError {
  readonly code = "CHANNELS_ORIGIN_REFUSED";
  /** @param allowed The allowed origins, separated by commas. */
  constructor(origin: string, host: string, allowed: string) {
    super(
      `A page of ${quote(origin)} may not open a socket at ${quote(host)}; allowed: ${allowed}. ` +
        "If the page is yours, add its origin to `allowedOrigins`.",
    );
  }
}

/**
 * The warning for forwarded headers from a loopback, private or link-local address, or a unix socket, that `trustProxy`
 * does not name. They do not count, so all visitors of the proxy share its address. The server reports each address
 * once. Add the proxy to `trustProxy`; in Lobby, to `--trust-proxy`.
 */
export class UntrustedProxyError extends ChannelsError {
  readonly code = "CHANNELS_UNTRUSTED_PROXY";
  /** An entry for `trustProxy`: the address, or `unix`. */
  readonly proxy: string;
  /** @param address The address of the sender; empty for a unix socket. */
  constructor(address: string) {
    const proxy = address || "unix";
    super(
      `Forwarded headers came from ${quote(proxy)}, which \`trustProxy\` does not name; they do not count. ` +
        "If it is your proxy, add it to `trustProxy`.",
    );
    this.proxy = proxy;
  }
}

/**
 * The reason with which a closing server aborts `scope.server.closing` and the bodies of requests. The server answers
 * with 503 and reports nothing when a handler throws it.
 */
export class ServerClosingError extends ChannelsError {
  readonly code = "CHANNELS_SERVER_CLOSING";
  /** The close code that the server sends to its sockets, such as 1012. */
  readonly closeCode: number;
  /** The close reason that the server sends to its sockets. */
  readonly reason: string;
  constructor(closeCode: number, reason: string) {
    super(`The server is closing with ${closeCode}: ${quote(reason)}. Retry later, or at another node.`);
    this.closeCode = closeCode;
    this.reason = reason;
  }
}

/**
 * The error for a session that a handler of an open socket begins. The cookie of a session travels in an HTTP response
 * or in the answer to a handshake, and an open socket has neither.
 */
export class SessionTooLateError extends ChannelsError {
  readonly code = "CHANNELS_SESSION_TOO_LATE";
  constructor() {
    super(
      "A session cannot begin on an open socket: its cookie cannot reach the client. " +
        "Begin it in an HTTP response or before accept().",
    );
  }
}

function typeOf(message: unknown): unknown {
  return (message as { readonly type?: unknown } | null | undefined)?.type;
}
