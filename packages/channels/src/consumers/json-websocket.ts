/**
 * The WebSocket consumer for JSON.
 * @see Django Channels, "JsonWebsocketConsumer". Differs: bad input is answered
 * with an error frame and the connection lives on; it never reaches a handler.
 */
import { isPromiseLike, type Awaitable } from "../internal/promise.ts";
import type { FrameData } from "../fanout/codec.ts";
import { toJson } from "../internal/json.ts";
import type { WebSocketScope } from "../application/scope.ts";
import { sentenceOf, type SchemaIssue, type SchemaResult, type StandardSchema } from "../standard-schema.ts";
import { WebSocketConsumer } from "./websocket.ts";

/** Why a frame was not what the consumer takes. */
export interface InvalidInput {
  /**
   * `CHANNELS_TEXT_EXPECTED` for a binary frame, `CHANNELS_INVALID_JSON`, or
   * `CHANNELS_INVALID_INPUT` for JSON that the schema refuses.
   */
  readonly code: "CHANNELS_TEXT_EXPECTED" | "CHANNELS_INVALID_JSON" | "CHANNELS_INVALID_INPUT";
  /** One sentence for the peer. */
  readonly message: string;
  /** What the schema found, for `CHANNELS_INVALID_INPUT`. */
  readonly issues: readonly SchemaIssue[];
}

/**
 * A consumer whose frames are JSON.
 *
 * @typeParam Input What `receiveJson` gets: what `schema` makes of a client's JSON.
 */
export abstract class JsonWebSocketConsumer<
  Scope extends WebSocketScope = WebSocketScope,
  Events extends object = object,
  Input = unknown,
> extends WebSocketConsumer<Scope, Events> {
  /** What a client may send, as a schema of zod, valibot, arktype or your own; `anyJson` for whatever comes. */
  abstract get schema(): StandardSchema<unknown, Input>;

  /** One message of the client, checked. Default: ignores it. */
  receiveJson(_content: Input): Awaitable<void> {}

  /**
   * One frame of the client that is not what the consumer takes. Default:
   * answers `{"error": {"code", "message"}}` and leaves the connection open.
   */
  receiveInvalid({ code, message }: InvalidInput): Awaitable<void> {
    this.sendJson({ error: { code, message } });
  }

  /**
   * The value of a text frame; what it throws means that the frame has none. Default: `JSON.parse`.
   * Its counterpart for what goes out is `sendJson`, and `relay` instead of `relayJson`.
   */
  decodeJson(text: string): unknown {
    return JSON.parse(text);
  }

  /**
   * Sends a value as one JSON text frame. Errors that the consumer answers with are sent by it as well.
   * @returns false when the connection is closing or closed.
   * @throws {NotJsonError} CHANNELS_NOT_JSON for undefined, a function or a symbol, a bigint or a circle.
   */
  sendJson(content: unknown): boolean {
    return this.send(toJson(content));
  }

  override receiveFrame(data: FrameData): Awaitable<void> {
    if (typeof data !== "string") {
      return this.receiveInvalid({ code: "CHANNELS_TEXT_EXPECTED", message: "Send text frames.", issues: [] });
    }
    let content: unknown;
    try {
      content = this.decodeJson(data);
    } catch {
      return this.receiveInvalid({ code: "CHANNELS_INVALID_JSON", message: "Send valid JSON.", issues: [] });
    }
    const result = this.schema["~standard"].validate(content);
    return isPromiseLike(result) ? Promise.resolve(result).then((checked) => this.#take(checked)) : this.#take(result);
  }

  #take(result: SchemaResult<Input>): Awaitable<void> {
    if (result.issues === undefined) return this.receiveJson(result.value);
    const { issues } = result;
    return this.receiveInvalid({ code: "CHANNELS_INVALID_INPUT", message: sentenceOf(issues), issues });
  }
}
