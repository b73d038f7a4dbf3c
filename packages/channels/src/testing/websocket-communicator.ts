/**
 * A client for one WebSocket connection of an application, in this process:
 * no server, no socket, no sleep.
 * @see Django Channels, `WebsocketCommunicator`. Differs: a time-out says what
 * was awaited and leaves the application alive; empty frames can be sent.
 */
import { Denial } from "../application/denial.ts";
import type { ConsumerReport } from "../report.ts";
import type { ServerSocket, SocketHandler } from "../application/socket.ts";
import type { WebSocketApplication } from "../application/application.ts";
import { CommunicatorMismatchError, quote } from "../errors.ts";
import type { FrameData } from "../fanout/codec.ts";
import { handshakeFailureOf } from "../application/failure.ts";
import { createFanout, type ServerFanout } from "../fanout/fanout.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { toJson } from "../internal/json.ts";
import { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
import { InMemoryChannelLayer } from "../layers/memory.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { ProtocolRouter } from "../routing/protocol-router.ts";
import type { ClientAddress, WebSocketScope } from "../application/scope.ts";
import { listedFrames } from "./listed-frames.ts";
import { sentenceOf, type StandardSchema } from "../standard-schema.ts";
import { TEST_CLIENT } from "./test-client.ts";
import { withDeadline } from "./deadline.ts";
import { FaultyLayer } from "./faulty-layer.ts";
import { Inbox } from "./inbox.ts";
import { startTimer } from "./timers.ts";

/** What the client of a test sends along. */
export interface WebSocketCommunicatorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly subprotocols?: readonly string[];
  /** Where the client is. Default 127.0.0.1, port 1. */
  readonly client?: ClientAddress;
  /** Share one between communicators that are to hear each other. Default: the router's, or one of its own. */
  readonly layer?: ChannelLayer;
  /** How long to wait for what a test awaits, in milliseconds. Default 1,000. */
  readonly timeoutMs?: number;
}

/** How the application answered the handshake. */
export type HandshakeResult =
  | { readonly accepted: true; readonly subprotocol: string | undefined; readonly headers: Headers }
  | {
      readonly accepted: false;
      readonly status: number;
      readonly reason: string;
      /** Those of the denial and those of `scope.reply`. */
      readonly headers: Headers;
      readonly body: string | Uint8Array;
    };

type Output =
  | { readonly kind: "frame"; readonly data: FrameData }
  | { readonly kind: "close"; readonly code: number; readonly reason: string };

/** All communicators of one layer share a fan-out, as the sockets of one server do. */
const fanouts = new WeakMap<ChannelLayer, { fanout: ServerFanout<readonly FrameData[]>; reports: ConsumerReport[] }>();

function fanoutOf(layer: ChannelLayer): { fanout: ServerFanout<readonly FrameData[]>; reports: ConsumerReport[] } {
  let found = fanouts.get(layer);
  if (found === undefined) {
    const reports: ConsumerReport[] = [];
    const fanout = createFanout<readonly FrameData[]>({
      codec: listedFrames,
      schedule: (flush) => queueMicrotask(flush),
      report: (report) => reports.push(report),
    });
    found = { fanout, reports };
    fanouts.set(layer, found);
  }
  return found;
}

const NOT_CONNECTED = "connect() was not called";

/** See the head of this file. */
export class WebSocketCommunicator {
  readonly #application: WebSocketApplication;
  readonly #scope: WebSocketScope;
  readonly #timeoutMs: number;
  readonly #replyHeaders = new Headers();
  readonly #answers = new Inbox<HandshakeResult>();
  readonly #outputs = new Inbox<Output>();
  readonly #fanout: ServerFanout<readonly FrameData[]>;
  /** What went wrong in any application on this communicator's layer. */
  readonly reports: readonly ConsumerReport[];
  /** Why it is not open, when that is known. */
  #flaw: string | undefined = NOT_CONNECTED;
  #isAnswered = false;
  #isPaused = false;
  #isClosed = false;
  #handler: SocketHandler | undefined;

  /**
   * @param application One WebSocket application, or a `protocolRouter`, whose layer is then used.
   * @param path With or without a query, such as `/ws/chat/lobby/`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
   */
  constructor(
    application: WebSocketApplication | ProtocolRouter,
    path: string,
    options: WebSocketCommunicatorOptions = {},
  ) {
    checkOptions("WebSocketCommunicator", options, ["headers", "subprotocols", "client", "layer", "timeoutMs"]);
    const root = typeof application === "function" ? { websocket: application, layer: undefined } : application;
    const { headers = {}, subprotocols = [], client = TEST_CLIENT, timeoutMs = 1000 } = options;
    checkLimits({ timeoutMs }, MAX_TIMER_MS);
    const layer = options.layer ?? root.layer ?? new InMemoryChannelLayer();
    const { fanout, reports } = fanoutOf(layer);
    this.#application = root.websocket;
    this.#fanout = fanout;
    this.reports = reports;
    this.#timeoutMs = timeoutMs;
    const url = new URL(path, "ws://testserver");
    const sent = new Headers(headers);
    // Every client names the host it means to reach.
    if (!sent.has("host")) sent.set("host", url.host);
    this.#scope = {
      type: "websocket",
      url,
      headers: sent,
      subprotocols,
      client,
      params: {},
      subjects: [],
      reply: {
        append: (name, value) => {
          if (this.#isAnswered) return false;
          this.#replyHeaders.append(name, value);
          return true;
        },
      },
      layer,
    };
  }

  /**
   * Opens the connection.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when the application does not answer.
   */
  async connect(): Promise<HandshakeResult> {
    this.#flaw = undefined;
    await this.#inTime(this.#open(), "the application to take the connection");
    return this.#answers.take("the handshake to be answered", this.#timeoutMs, () => this.#seen());
  }

  /**
   * Sends one frame of the client, which goes nowhere when the connection was denied or is closed.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when the connection was never opened.
   */
  send(data: FrameData): void {
    if (this.#flaw === NOT_CONNECTED)
      throw new CommunicatorMismatchError("an open connection", `none: ${NOT_CONNECTED}`);
    this.#handler?.receive(data);
  }

  /**
   * Sends one text frame with this value as JSON. Throws as `send` does.
   * @throws {NotJsonError} CHANNELS_NOT_JSON for undefined, a function or a symbol, a bigint or a circle.
   */
  sendJson(value: unknown): void {
    this.send(toJson(value));
  }

  /**
   * The next frame the client gets.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when none comes.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when the connection closes instead.
   */
  async receive(): Promise<FrameData> {
    const output = await this.#outputs.take("a frame", this.#timeoutMs, () => this.#seen());
    if (output.kind === "frame") return output.data;
    throw this.#mismatch("a frame", `close ${output.code} "${output.reason}"`);
  }

  /**
   * The next frame, which must be text with JSON. Throws as `receive` does.
   * @param schema What it must be, such as a contract's `server`. Default: anything.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when it is not.
   */
  receiveJson(): Promise<unknown>;
  receiveJson<Output>(schema: StandardSchema<unknown, Output>): Promise<Output>;
  async receiveJson(schema?: StandardSchema): Promise<unknown> {
    const data = await this.receive();
    if (typeof data !== "string") throw new CommunicatorMismatchError("a text frame", "a binary frame");
    const content = parseJson(data);
    if (schema === undefined) return content;
    const result = await schema["~standard"].validate(content);
    if (result.issues === undefined) return result.value;
    throw new CommunicatorMismatchError("what the schema says", `${data} (${sentenceOf(result.issues)})`);
  }

  /**
   * Waits as `whenIdle` does. Other connections may have more to send: settle them first.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when something was sent by then.
   */
  async receiveNothing(): Promise<void> {
    await this.whenIdle();
    if (this.#outputs.size > 0) throw this.#mismatch("nothing", await this.#describeNext());
  }

  /** The code and reason with which the application closes. Throws as `receive` does. */
  async receiveClose(): Promise<{ readonly code: number; readonly reason: string }> {
    const output = await this.#outputs.take("the connection to close", this.#timeoutMs, () => this.#seen());
    if (output.kind === "close") return { code: output.code, reason: output.reason };
    throw new CommunicatorMismatchError("the connection to close", `a frame: ${JSON.stringify(output.data)}`);
  }

  /** Closes from the client's side and waits until the application is done with it. */
  async disconnect(code = 1000, reason = ""): Promise<void> {
    this.#close(code, reason);
    await this.whenIdle();
  }

  /**
   * Waits until no handler of this connection runs or is about to.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when one goes on and on.
   */
  async whenIdle(): Promise<void> {
    // A turn of the event loop lets what is under way reach this connection's queue.
    await new Promise<void>((resolve) => {
      startTimer(resolve, 0);
    });
    if (this.#handler !== undefined) await this.#inTime(this.#handler.whenIdle(), "the connection's handlers to end");
  }

  /** Whether the application asked to stop reading: it has more waiting than it may. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  async #open(): Promise<void> {
    let opened: SocketHandler | Denial;
    try {
      opened = await this.#application(this.#socket(), this.#scope);
    } catch (error) {
      const { denial, level } = handshakeFailureOf(error);
      if (level !== undefined) throw error;
      opened = denial;
    }
    if (opened instanceof Denial) {
      this.#deny(opened);
    } else {
      this.#handler = opened;
      opened.open();
    }
  }

  #socket(): ServerSocket {
    return {
      fanout: this.#fanout,
      accept: (subprotocol) => this.#answer({ accepted: true, subprotocol, headers: this.#replyHeaders }),
      deny: (denial) => this.#deny(denial),
      write: (frame) => {
        for (const data of frame as readonly FrameData[]) this.#outputs.push({ kind: "frame", data });
      },
      cork() {},
      uncork() {},
      close: (code, reason) => {
        this.#isPaused = false;
        this.#endWith(code, reason);
      },
      pause: () => {
        this.#isPaused = true;
      },
      resume: () => {
        this.#isPaused = false;
      },
    };
  }

  #deny({ status, reason, headers, body, closeCode }: Denial): void {
    if (closeCode !== undefined) {
      this.#answer({ accepted: true, subprotocol: this.#scope.subprotocols[0], headers: this.#replyHeaders });
      this.#endWith(closeCode, reason);
      return;
    }
    this.#flaw = `it was denied with ${status} ${quote(reason)}`;
    for (const [name, value] of headers) this.#replyHeaders.append(name, value);
    this.#answer({ accepted: false, status, reason, headers: this.#replyHeaders, body });
    queueMicrotask(() => this.#close(1006, ""));
  }

  #endWith(code: number, reason: string): void {
    this.#outputs.push({ kind: "close", code, reason });
    queueMicrotask(() => this.#close(code, reason));
  }

  #answer(result: HandshakeResult): void {
    this.#isAnswered = true;
    this.#answers.push(result);
  }

  #inTime<Value>(promise: Promise<Value>, awaited: string): Promise<Value> {
    return withDeadline(promise, awaited, this.#timeoutMs, () => this.#seen());
  }

  #close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#flaw ??= `it was closed with ${code} ${quote(reason)}`;
    this.#handler?.close(code, reason);
  }

  #seen(): string {
    const came = `${this.#outputs.size} other frames had come`;
    const state = this.#flaw === undefined ? came : `the connection is not open: ${this.#flaw}`;
    return [state, ...this.#told()].join("; ");
  }

  #mismatch(awaited: string, got: string): CommunicatorMismatchError {
    return new CommunicatorMismatchError(awaited, [got, ...this.#told()].join("; "));
  }

  /** What may be the reason when something is not as it should be. */
  #told(): string[] {
    const errors = this.reports.map(({ source, operation, error }) => `${source}.${operation}: ${String(error)}`);
    const faults = this.#scope.layer instanceof FaultyLayer ? [String(this.#scope.layer)] : [];
    return [...errors, ...faults];
  }

  async #describeNext(): Promise<string> {
    const next = await this.#outputs.take("a frame", this.#timeoutMs, () => "");
    return JSON.stringify(next);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommunicatorMismatchError("a text frame of JSON", quote(text));
  }
}
