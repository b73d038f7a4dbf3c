/** The client's side of a contract. */
import { ConfigurationError } from "../errors.ts";
import { isPromiseLike } from "../internal/promise.ts";
import type { InferOutput, SchemaIssue, StandardSchema } from "../standard-schema.ts";
import type { Contract, SentMessages } from "./contract.ts";
import type { OneKind } from "./event.ts";
import { refusalIn, type Refusal } from "./refusal.ts";
import { validateMessage } from "./validate-message.ts";

/** The part of a `WebSocket` that the client uses: that of browsers, of Node, or of `ws`. */
export interface ClientSocket {
  /** 1 while the connection is open. */
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** The kinds of message that a server sends; `"message"` when one schema serves all of them. */
export type ServerKinds<Server> = Server extends StandardSchema ? "message" : keyof Server & string;

/** A message of this kind, as the contract's schema gives it. */
export type ServerMessage<Server, Kind extends string> =
  Server extends StandardSchema<unknown, infer Output>
    ? Output
    : Kind extends keyof Server
      ? OneKind<Kind, InferOutput<Server[Kind]>>
      : never;

/** Handlers for the two things that can go wrong. */
export interface ContractClientOptions {
  /** Called when the server refused a message of this client. Default: nothing. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Called for a frame that breaks the contract: one side is newer than the other. Default: ignores the frame. */
  readonly onInvalid?: (issues: readonly SchemaIssue[], data: unknown) => void;
}

const OPEN = 1;

type Handler = (message: never) => void;

/**
 * A client of a contract, over any WebSocket: the compiler checks the messages that it sends, and the contract's
 * schemas validate the messages that it receives. When such a schema validates asynchronously, the socket's listener
 * throws `ConfigurationError` CHANNELS_CONFIGURATION.
 *
 * @example
 * const client = new ContractClient(new WebSocket(url), chat);
 * const stop = client.on("said", ({ author, text }) => show(author, text));
 * client.send({ type: "say", text: "hello" });
 */
export class ContractClient<C extends Contract> {
  readonly #socket: ClientSocket;
  readonly #contract: C;
  readonly #options: ContractClientOptions;
  readonly #handlers = new Map<string, Set<Handler>>();

  constructor(socket: ClientSocket, contract: C, options: ContractClientOptions = {}) {
    this.#socket = socket;
    this.#contract = contract;
    this.#options = options;
    socket.addEventListener("message", ({ data }) => this.#receive(data));
  }

  /**
   * Calls the handler for each message of a kind. When one schema serves all messages, the kind is `"message"`.
   * @returns a function that removes the handler.
   */
  on<Kind extends ServerKinds<C["server"]>>(
    kind: Kind,
    handler: (message: ServerMessage<C["server"], Kind>) => void,
  ): () => void {
    const handlers = this.#handlers.get(kind) ?? new Set();
    this.#handlers.set(kind, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  /**
   * Sends a message. The compiler and the server check it.
   * @returns false when the connection is not open: the message was not sent.
   */
  send(message: SentMessages<C["client"]>): boolean {
    if (this.#socket.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Closes the connection, as `WebSocket.close` does. */
  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  #receive(data: unknown): void {
    let content: unknown;
    try {
      content = JSON.parse(data as string);
    } catch {
      this.#options.onInvalid?.([{ message: "Expected JSON." }], data);
      return;
    }
    const result = validateMessage(this.#contract.server, content);
    if (isPromiseLike(result)) {
      throw new ConfigurationError("Expected the server's messages to have synchronous schemas, got a promise.");
    }
    if (result.issues === undefined) {
      this.#dispatch(result.kind ?? "message", result.message);
      return;
    }
    const refusal = refusalIn(content);
    if (refusal === undefined) this.#options.onInvalid?.(result.issues, data);
    else this.#options.onRefused?.(refusal);
  }

  #dispatch(kind: string, message: unknown): void {
    for (const handler of this.#handlers.get(kind) ?? []) handler(message as never);
  }
}
