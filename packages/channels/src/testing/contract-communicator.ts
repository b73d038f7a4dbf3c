/** A test client for a consumer with a contract. */
import type { WebSocketApplication } from "../application/application.ts";
import type { ServerKinds, ServerMessage } from "../contracts/client.ts";
import type { Contract, SentMessages } from "../contracts/contract.ts";
import { checkContract } from "../contracts/define-contract.ts";
import { validateMessage } from "../contracts/validate-message.ts";
import { quote } from "../describe-value.ts";
import { CommunicatorMismatchError } from "./errors.ts";
import type { ProtocolRouter } from "../routing/protocol-router.ts";
import { sentenceOf } from "../standard-schema.ts";
import { WebSocketCommunicator, type WebSocketCommunicatorOptions } from "./websocket-communicator.ts";

/**
 * A `WebSocketCommunicator` whose messages the contract types and validates.
 *
 * @example
 * const mina = new ContractCommunicator(application, chat, "/ws/chat/lobby/?as=mina");
 * await mina.connect();
 * mina.sendMessage({ type: "say", text: "hello" });
 * assert.equal((await mina.receiveMessage("said")).author, "mina");
 */
export class ContractCommunicator<C extends Contract> extends WebSocketCommunicator {
  readonly #contract: C;

  /**
   * @param application One WebSocket application, or a `protocolRouter` with its layer.
   * @param path A path, such as `/ws/chat/lobby/`, with or without a query.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION as `WebSocketCommunicator` does, and when the contract is
   * malformed.
   */
  constructor(
    application: WebSocketApplication | ProtocolRouter,
    contract: C,
    path: string,
    options?: WebSocketCommunicatorOptions,
  ) {
    super(application, path, options);
    checkContract(contract);
    this.#contract = contract;
  }

  /** Sends one message of the client. Throws as `sendJson` does. */
  sendMessage(message: SentMessages<C["client"]>): void {
    this.sendJson(message);
  }

  /**
   * Returns the next message of the server, validated. Throws as `receiveJson` does.
   * @param kind The expected kind; `"message"` when the contract has one schema for all messages of the server.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when the message is of another kind or breaks
   * the contract.
   */
  async receiveMessage<Kind extends ServerKinds<C["server"]>>(kind: Kind): Promise<ServerMessage<C["server"], Kind>> {
    const content = await this.receiveJson();
    const result = await validateMessage(this.#contract.server, content);
    const awaited = `a message of the kind ${quote(kind)}`;
    if (result.issues !== undefined) {
      throw new CommunicatorMismatchError(awaited, `${JSON.stringify(content)} (${sentenceOf(result.issues)})`);
    }
    if ((result.kind ?? "message") !== kind) throw new CommunicatorMismatchError(awaited, JSON.stringify(content));
    return result.message as ServerMessage<C["server"], Kind>;
  }
}
