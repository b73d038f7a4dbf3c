/** The client's side of a contract. */
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkFunction, checkMethods, checkOptions } from "../internal/check-options.ts";
import { isPromiseLike } from "../internal/promise.ts";
import type { InferOutput, SchemaIssue, StandardSchema } from "../standard-schema.ts";
import { isSchema, type Contract, type MessageSide, type SentMessages } from "./contract.ts";
import { checkContract } from "./define-contract.ts";
import type { OneKind } from "./event.ts";
import { refusalIn, type Refusal } from "./refused-input.ts";
import { validateMessage } from "./validate-message.ts";

/** The part of a `WebSocket` that a `ContractClient` uses. Browsers, Node and the package `ws` have one. */
export interface ClientSocket {
  /** 1 while the connection is open. */
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** The kinds of message that a server sends; `"message"` when one schema serves all of them. */
export type ServerKinds<Server> = Server extends StandardSchema ? "message" : keyof Server & string;

/** A message of this kind: the output of its schema, with its type. */
export type ServerMessage<Server, Kind extends string> =
  Server extends StandardSchema<unknown, infer Output>
    ? Output
    : Kind extends keyof Server
      ? OneKind<Kind, InferOutput<Server[Kind]>>
      : never;

/** The optional handlers for refused messages and for frames that break the contract. */
export interface ContractClientOptions {
  /** Receives the server's refusal of a message that this client sent. Default: ignores it. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Receives a frame that breaks the contract, because one side has a newer version. Default: ignores the frame. */
  readonly onInvalid?: (issues: readonly SchemaIssue[], data: unknown) => void;
}

const OPEN = 1;

type Handler = (message: never) => void;

/**
 * A client of a contract, over any WebSocket. The compiler checks the messages that it sends, and the contract's
 * schemas validate the messages that it receives. These schemas have to validate synchronously. With an asynchronous
 * one, the listener of the socket throws `ConfigurationError` CHANNELS_CONFIGURATION.
 *
 * An error of a handler stops neither the client nor the other handlers. The client throws it again in a microtask, so
 * that it is an uncaught error of the page or the process.
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

  /**
   * @param socket An open or opening socket. The client adds one listener for messages to it.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the socket lacks a method, the contract has no messages, or
   * an option is unknown or not a function.
   */
  constructor(socket: ClientSocket, contract: C, options: ContractClientOptions = {}) {
    checkMethods("socket", socket, ["addEventListener", "send", "close"]);
    checkContract(contract);
    checkOptions("ContractClient", options, ["onRefused", "onInvalid"]);
    for (const [name, hook] of Object.entries(options)) if (hook !== undefined) checkFunction(name, hook);
    this.#socket = socket;
    this.#contract = contract;
    this.#options = options;
    socket.addEventListener("message", ({ data }) => this.#receive(data));
  }

  /**
   * Adds a handler for each message of a kind. A kind may have several handlers.
   * @param kind The `type` of the messages; `"message"` when the contract has one schema for all of them.
   * @returns a function that removes the handler.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the server sends no messages of the kind, or the handler is
   * not a function.
   */
  on<Kind extends ServerKinds<C["server"]>>(
    kind: Kind,
    handler: (message: ServerMessage<C["server"], Kind>) => void,
  ): () => void {
    checkKind(this.#contract.server, kind);
    checkFunction("handler", handler);
    const handlers = this.#handlers.get(kind) ?? new Set();
    this.#handlers.set(kind, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  /**
   * Sends a message as one JSON text frame. The compiler checks the message, and the server validates it.
   * @returns false when the connection is not open, so that the message cannot reach the server.
   */
  send(message: SentMessages<C["client"]>): boolean {
    if (this.#socket.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Closes the connection with `WebSocket.close` of the socket.
   * @param code In browsers, 1000 or 3000 to 4999. Default: none.
   * @param reason At most 123 bytes of UTF-8. Default: none.
   * @throws {Error} When the `close` of the socket throws: a `DOMException` in browsers and Node.
   */
  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  #receive(data: unknown): void {
    let content: unknown;
    try {
      content = JSON.parse(data as string);
    } catch {
      callIsolated(this.#options.onInvalid, [{ message: "Expected JSON." }], data);
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
    if (refusal === undefined) callIsolated(this.#options.onInvalid, result.issues, data);
    else callIsolated(this.#options.onRefused, refusal);
  }

  #dispatch(kind: string, message: unknown): void {
    for (const handler of this.#handlers.get(kind) ?? []) callIsolated(handler, message as never);
  }
}

/** Calls a function of the developer. Its error reaches the page or the process, and no other code of the client. */
function callIsolated<Args extends readonly unknown[]>(
  call: ((...args: Args) => void) | undefined,
  ...args: Args
): void {
  try {
    call?.(...args);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function checkKind(side: MessageSide, kind: string): void {
  const kinds = isSchema(side) ? ["message"] : Object.keys(side);
  if (kinds.includes(kind)) return;
  throw new ConfigurationError(
    `Expected a kind of the server's messages, ${kinds.map(quote).join(", ") || "none"}, got ${describeValue(kind)}.`,
  );
}
