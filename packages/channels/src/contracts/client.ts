/** A client's side of a contract, over any WebSocket: typed when it sends, checked when it receives. */
import { isPromiseLike } from "../internal/promise.ts";
import type { Contract } from "./contract.ts";
import { ConfigurationError } from "../errors.ts";
import type { InferInput, InferOutput, SchemaIssue } from "../standard-schema.ts";

/** What is used of a `WebSocket`: that of browsers, of Node, or of `ws`. */
export interface ClientSocket {
  send(text: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** What a client does with what it gets. */
export interface ContractClientHandlers<C extends Contract> {
  /** A message of the server, as the contract gives it. */
  readonly onMessage: (message: InferOutput<C["server"]>) => void;
  /** The server did not take a message of this client. Default: nothing. */
  readonly onRefused?: (error: { readonly code: string; readonly message: string }) => void;
  /** A frame is not what the contract says: one side is newer than the other. Default: throws it away. */
  readonly onInvalid?: (issues: readonly SchemaIssue[], data: unknown) => void;
}

/**
 * See the head of this file. When the schema of the server's messages does not answer at once, the socket's listener
 * throws `ConfigurationError` CHANNELS_CONFIGURATION.
 */
export class ContractClient<C extends Contract> {
  readonly #socket: ClientSocket;
  readonly #contract: C;
  readonly #handlers: ContractClientHandlers<C>;

  constructor(socket: ClientSocket, contract: C, handlers: ContractClientHandlers<C>) {
    this.#socket = socket;
    this.#contract = contract;
    this.#handlers = handlers;
    socket.addEventListener("message", ({ data }) => this.#take(data));
  }

  /** Sends a message, unchecked: the compiler and the server do that. What the socket throws unless it is open, it throws. */
  send(message: InferInput<C["client"]>): void {
    this.#socket.send(JSON.stringify(message));
  }

  #take(data: unknown): void {
    const { onMessage, onRefused, onInvalid } = this.#handlers;
    let content: unknown;
    try {
      content = JSON.parse(data as string);
    } catch {
      onInvalid?.([{ message: "Expected JSON." }], data);
      return;
    }
    const result = this.#contract.server["~standard"].validate(content);
    if (isPromiseLike(result)) {
      throw new ConfigurationError("Expected the schema of the server's messages to answer at once, got a promise.");
    }
    if (result.issues === undefined) onMessage(result.value as InferOutput<C["server"]>);
    else if (isRefusal(content)) onRefused?.(content.error);
    else onInvalid?.(result.issues, data);
  }
}

/** The answer of `JsonWebSocketConsumer` to input that it does not take. */
function isRefusal(
  content: unknown,
): content is { readonly error: { readonly code: string; readonly message: string } } {
  const error = (content as { readonly error?: unknown } | null)?.error;
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === "string" && typeof message === "string";
}
