/**
 * Everything `@lobby/channels` throws or reports. Compare `code`, which never
 * changes, rather than the class, which breaks when a package is installed
 * twice. Each code is explained in `docs/errors.md`.
 */
import { sentenceOf, type SchemaIssue } from "./standard-schema.ts";

/** The base of every error of this package. */
export abstract class ChannelsError extends Error {
  /** Permanent and machine-readable: `CHANNELS_…`. */
  abstract readonly code: string;
  /** Whether the same may work later, although nobody has changed the application: peers are told 503 instead of 500. */
  readonly isRetryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Parts were put together in a way that cannot work. */
export class ConfigurationError extends ChannelsError {
  readonly code = "CHANNELS_CONFIGURATION";
}

/** A channel or group name is empty, too long, reserved or not well-formed text. */
export class InvalidNameError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_NAME";
  readonly invalidName: string;
  constructor(kind: "channel" | "group", invalidName: string, rule: string) {
    super(`Expected a ${kind} name that ${rule}, got ${describeValue(invalidName)}.`);
    this.invalidName = invalidName;
  }
}

/** A message has no `type`, so nobody could tell what to do with it; or it holds what has no JSON. */
export class InvalidMessageError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_MESSAGE";
  /** @param flaw What it holds that JSON does not have, and where, when that is what is wrong. */
  constructor(message: unknown, flaw?: string, options?: ErrorOptions) {
    const got = `${describeValue(message)} with type ${describeValue(typeOf(message))}`;
    super(
      flaw === undefined
        ? `Expected a message with a non-empty string as its \`type\`, got ${got}. ` +
            "Send an object such as { type: 'chat.message', … }."
        : `Expected a message of what JSON has, got ${got} and in it ${quote(flaw)}. ` +
            "Send text, finite numbers, booleans, null, and lists and plain objects of these; bytes as base64.",
      options,
    );
  }
}

/** An event of a contract is not what the contract says. */
export class InvalidEventError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_EVENT";
  readonly type: string;
  readonly issues: readonly SchemaIssue[];
  constructor(type: string, issues: readonly SchemaIssue[]) {
    super(
      `The event ${quote(type)} breaks its contract: ${sentenceOf(issues)}. ` +
        "Send what the contract declares; after a change of it, let every process have the new one.",
    );
    this.type = type;
    this.issues = issues;
  }
}

/** A message is larger than a layer carries. */
export class MessageTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_TOO_LARGE";
  readonly type: string;
  readonly sizeBytes: number;
  readonly limitBytes: number;
  constructor(type: string, sizeBytes: number, limitBytes: number) {
    super(
      `A message of type ${quote(type)} has ${sizeBytes} bytes, and the layer carries ${limitBytes}; it was not sent. ` +
        "Send a reference to what is large, or raise the layer's `maxMessageBytes`.",
    );
    this.type = type;
    this.sizeBytes = sizeBytes;
    this.limitBytes = limitBytes;
  }
}

/** The receiver of a direct `send` already has as many messages waiting as it may. */
export class ChannelFullError extends ChannelsError {
  readonly code = "CHANNELS_CHANNEL_FULL";
  readonly channel: string;
  readonly capacity: number;
  constructor(channel: string, capacity: number) {
    super(
      `Channel ${quote(channel)} has its limit of ${capacity} waiting messages; this one was not delivered. ` +
        "Send later, receive faster, or raise the layer's `capacity`.",
    );
    this.channel = channel;
    this.capacity = capacity;
  }
}

/** The layer was closed; nothing can be sent or received through it any more. */
export class LayerClosedError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_CLOSED";
  constructor() {
    super("The channel layer is closed. Close it only after everything that uses it has ended.");
  }
}

/** In a test, a `FaultyLayer` refused a call, as a layer does whose backend is away. */
export class LayerUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_UNAVAILABLE";
  override readonly isRetryable = true;
  constructor(attempt: string) {
    super(
      `The layer of this test refuses to ${attempt}: it is away, or meant to \`refuse\`. ` +
        "Catch what is temporary where the application can go on without.",
    );
  }
}

/** A value that was to be sent as JSON, and has none. */
export class NotJsonError extends ChannelsError {
  readonly code = "CHANNELS_NOT_JSON";
  /** @param cause Why it cannot be made JSON, when it is not nothing. */
  constructor(value: unknown, cause?: unknown) {
    const remedy = cause === undefined ? "Send null when you mean nothing." : "Leave out bigints and circles.";
    super(`Expected a value that JSON can hold, got ${describeValue(value)}. ${remedy}`, { cause });
  }
}

/** Middleware denied a message of a named channel, so that nobody handled it. */
export class MessageDeniedError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_DENIED";
  readonly channel: string;
  readonly type: string;
  readonly status: number;
  readonly reason: string;
  constructor(channel: string, type: string, status: number, reason: string) {
    super(
      `A message ${quote(type)} of the channel ${quote(channel)} was denied with ${status}: ${reason} ` +
        "Send what the middleware lets through, or mount the channel without it.",
    );
    this.channel = channel;
    this.type = type;
    this.status = status;
    this.reason = reason;
  }
}

/** A message of a type the consumer does not declare reached it. */
export class NoHandlerError extends ChannelsError {
  readonly code = "CHANNELS_NO_HANDLER";
  readonly consumer: string;
  readonly type: string;
  constructor(consumer: string, type: string) {
    super(
      `${consumer} declares no event ${quote(type)}; the message was not handled. ` +
        "Add it to the table of its events, or send it elsewhere.",
    );
    this.consumer = consumer;
    this.type = type;
  }
}

/** A close code or reason that the WebSocket protocol does not allow (RFC 6455 §7.4, §5.5). */
export class InvalidCloseError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_CLOSE";
}

/** A consumer tried to accept or deny a handshake that was already answered. */
export class HandshakeAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_ANSWERED";
  constructor(attempt: string) {
    super(`Cannot ${attempt}: the handshake has been answered. Do it once, before anything else.`);
  }
}

/** A consumer's `connect` ended without `accept` or `deny`, so the server denied for it. */
export class HandshakeNotAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_NOT_ANSWERED";
  constructor(consumer: string) {
    super(
      `${consumer}.connect() ended without calling accept() or deny(); the connection was denied with 403. ` +
        "Call one of them before connect() ends.",
    );
  }
}

/** A handler held the event loop, and with it every other connection, for too long. */
export class EventLoopBlockedError extends ChannelsError {
  readonly code = "CHANNELS_EVENT_LOOP_BLOCKED";
  readonly consumer: string;
  readonly event: string;
  readonly durationMs: number;
  constructor(consumer: string, event: string, durationMs: number) {
    super(
      `${consumer} blocked the event loop for ${Math.round(durationMs)} ms in ${quote(event)}. ` +
        "Everyone waited: use an asynchronous call, a worker thread, or split the work.",
    );
    this.consumer = consumer;
    this.event = event;
    this.durationMs = durationMs;
  }
}

/** A part of an address is not percent-encoded UTF-8. */
export class MalformedPathError extends ChannelsError {
  readonly code = "CHANNELS_MALFORMED_PATH";
  constructor(segment: string) {
    super(`The address has the part ${quote(segment)}, which is not UTF-8 text. Encode it with encodeURIComponent.`);
  }
}

/** The body of a request is larger than its server takes; reading it ends with this. */
export class BodyTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_BODY_TOO_LARGE";
  readonly limitBytes: number;
  constructor(limitBytes: number) {
    super(
      `The body of this request has more than the ${limitBytes} bytes that the server takes. ` +
        "Let the error through, and the client is answered with 413; or raise the server's `maxBodyBytes`.",
    );
    this.limitBytes = limitBytes;
  }
}

/** A page tried to open a socket where it may not. */
export class OriginRefusedError extends ChannelsError {
  readonly code = "CHANNELS_ORIGIN_REFUSED";
  constructor(origin: string, host: string, allowed: string) {
    super(
      `A page of ${quote(origin)} may not open a socket at ${quote(host)}; allowed: ${allowed}. ` +
        "If it is yours, name its origin; behind a proxy, trust the proxy or have it pass on the Host header.",
    );
  }
}

/** The server is closing: what was under way for a request ends. */
export class ServerClosingError extends ChannelsError {
  readonly code = "CHANNELS_SERVER_CLOSING";
  /** The close code and the reason that the server gives to its sockets. */
  readonly closeCode: number;
  readonly reason: string;
  constructor(closeCode: number, reason: string) {
    super(`The server is closing with ${closeCode}: ${quote(reason)}. Ask again, when it is back or at another.`);
    this.closeCode = closeCode;
    this.reason = reason;
  }
}

/** A session was created after the handshake, when its cookie can no longer be sent. */
export class SessionTooLateError extends ChannelsError {
  readonly code = "CHANNELS_SESSION_TOO_LATE";
  constructor() {
    super(
      "A new session cannot begin on an open socket: its cookie could not reach the client. " +
        "Begin it in an HTTP response or before accept().",
    );
  }
}

/** A worker cannot hear a channel; it goes on trying. */
export class WorkerDisconnectedError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_DISCONNECTED";
  readonly channel: string;
  /** Since when, in milliseconds since 1970. */
  readonly sinceMs: number;
  constructor(channel: string, sinceMs: number, cause: unknown) {
    super(`The worker cannot hear the channel ${quote(channel)}; it goes on trying, and says when it hears again.`, {
      cause,
    });
    this.channel = channel;
    this.sinceMs = sinceMs;
  }
}

/** A worker hears a channel again for which it was deaf. */
export class WorkerRecoveredError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_RECOVERED";
  readonly channel: string;
  /** How long it was deaf. */
  readonly durationMs: number;
  constructor(channel: string, durationMs: number) {
    super(
      `The worker hears the channel ${quote(channel)} again, after ${durationMs} ms. ` +
        "Messages may have been refused, or have expired, meanwhile.",
    );
    this.channel = channel;
    this.durationMs = durationMs;
  }
}

/** A test communicator waited in vain. The application under test lives on. */
export class CommunicatorTimeoutError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_TIMEOUT";
  constructor(awaited: string, timeoutMs: number, seen: string) {
    super(`Waited ${timeoutMs} ms for ${awaited}; ${seen}.`);
  }
}

/** A test communicator got something other than what it was asked for. */
export class CommunicatorMismatchError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_MISMATCH";
  constructor(awaited: string, got: string) {
    super(`Expected ${awaited}, got ${got}.`);
  }
}

/** Text in quotes, cut so that a hostile value cannot flood a log. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

/** A wrong value, for a message: text in quotes, lists, objects and functions as what they are, the rest as in code. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return `\`${String(value)}${typeof value === "bigint" ? "n" : ""}\``;
}

function typeOf(message: unknown): unknown {
  return (message as { readonly type?: unknown } | null | undefined)?.type;
}
