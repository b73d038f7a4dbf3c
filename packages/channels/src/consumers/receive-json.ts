/** Parses and validates the frames of a JSON consumer, and calls their handlers. */
import type { Contract } from "../contracts/contract.ts";
import { refusalMessage } from "../contracts/refused-input.ts";
import { validateMessage, type MessageResult } from "../contracts/validate-message.ts";
import type { FrameData } from "../fanout/codec.ts";
import { jsonExcess, MAX_JSON_DEPTH, toJson, type JsonExcess } from "../internal/json.ts";
import { isPromiseLike, type Awaitable } from "../internal/promise.ts";
import { sentenceOf } from "../standard-schema.ts";
import type { FrameReceiver } from "./consumer-kind.ts";
import type { ResolvedConsumerLimits } from "./consumer-limits.ts";
import type { Handlers, InvalidInput } from "./handler-table.ts";

const NO_TEXT: InvalidInput = { code: "CHANNELS_TEXT_EXPECTED", message: "Send text frames.", issues: [] };
const NO_JSON: InvalidInput = { code: "CHANNELS_INVALID_JSON", message: "Send valid JSON.", issues: [] };

/** A receive handler for any message. */
type ReceiveHandler = (message: unknown) => Awaitable<void>;

/** Returns a function that passes each frame of a client to the handlers of its consumer. */
export function jsonReceiver(
  { client }: Contract,
  handlers: Handlers<Contract, unknown>,
  { maxJsonSize }: ResolvedConsumerLimits,
): FrameReceiver {
  const { invalid = answerInvalid } = handlers;
  const receive = handlers.receive as ReceiveHandler | Readonly<Record<string, ReceiveHandler>>;

  const tooMuch: Readonly<Record<JsonExcess, InvalidInput>> = {
    depth: { ...NO_JSON, message: `Send JSON with at most ${MAX_JSON_DEPTH} levels.` },
    size: { ...NO_JSON, message: `Send JSON with at most ${maxJsonSize} brackets and commas.` },
  };

  const handle = (consumer: unknown, result: MessageResult): Awaitable<void> => {
    if (result.issues !== undefined) {
      const { issues } = result;
      return invalid.call(consumer, { code: "CHANNELS_INVALID_INPUT", message: sentenceOf(issues), issues });
    }
    const handler = typeof receive === "function" ? receive : receive[result.kind ?? ""];
    return handler?.call(consumer, result.message);
  };

  return (consumer, data) => {
    if (typeof data !== "string") {
      return invalid.call(consumer, NO_TEXT);
    }
    const excess = jsonExcess(data, maxJsonSize);
    if (excess !== undefined) return invalid.call(consumer, tooMuch[excess]);
    let content: unknown;
    try {
      content = JSON.parse(data);
    } catch {
      return invalid.call(consumer, NO_JSON);
    }
    const result = validateMessage(client, content);
    return isPromiseLike(result) ? result.then((settled) => handle(consumer, settled)) : handle(consumer, result);
  };
}

/** Answers with an error frame and leaves the connection open. */
function answerInvalid(this: unknown, refusal: InvalidInput): void {
  (this as { send(data: FrameData): boolean }).send(toJson(refusalMessage(refusal)));
}
