/**
 * Tests WebSocket applications within one process, without a server.
 * @see Django Channels, `WebsocketCommunicator`. Differs: a time-out names the awaited output and leaves the application
 * running, and a test can send empty frames.
 */
import { Denial } from "../application/denial.ts";
import type { ConsumerReport } from "../report.ts";
import type { ServerSocket, SocketHandler } from "../application/socket.ts";
import type { WebSocketApplication } from "../application/application.ts";
import { quote } from "../describe-value.ts";
import { CommunicatorMismatchError } from "./errors.ts";
import { checkFrame, type FrameData } from "../fanout/codec.ts";
import { handshakeFailureOf } from "../application/failure.ts";
import { newWebSocketScope } from "../application/new-scope.ts";
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
import { checkTested } from "./check-tested.ts";
import { TEST_CLIENT } from "./test-client.ts";
import { withDeadline } from "./deadline.ts";
import { FaultyLayer } from "./faulty-layer.ts";
import { Inbox } from "./inbox.ts";
import { Outputs } from "./outputs.ts";
import { startTimer } from "./timers.ts";

/** Options of a test client. */
export interface WebSocketCommunicatorOptions {
  /** The headers of the handshake. Default: `Host: testserver`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The subprotocols that the client offers, in its order of preference. Default: none. */
  readonly subprotocols?: readonly string[];
  /** The address of the client. Default 127.0.0.1, port 1, `isUntrustedProxy` false. */
  readonly client?: Partial<ClientAddress>;
  /** Communicators that share a layer receive each other's messages. Default: the layer of the router, or a new one. */
  readonly layer?: ChannelLayer;
  /** The time-out of each wait, from 1 to 2,147,483,647. Default 1,000. */
  readonly timeoutMs?: number;
}

/** The answer of the application to the handshake. */
export type HandshakeResult =
  | { readonly accepted: true; readonly subprotocol: string | undefined; readonly headers: Headers }
  | {
      readonly accepted: false;
      readonly status: number;
      readonly reason: string;
      /** The headers of the denial and of `scope.reply`. */
      readonly headers: Headers;
      readonly body: string | Uint8Array;
      /** The close code of a denial that has one. Then `receiveClose` returns the close that a page sees. */
      readonly closeCode?: number;
    };

/** The fan-out of each layer. Its communicators share the fan-out, as the sockets of one server do. */
const fanouts = new WeakMap<ChannelLayer, { fanout: ServerFanout<readonly FrameData[]>; reports: ConsumerReport[] }>();

function fanoutOf(layer: ChannelLayer): { fanout: ServerFanout<readonly FrameData[]>; reports: ConsumerReport[] } {
  let found = fanouts.get(layer);
  if (found === undefined) {
    const reports: ConsumerReport[] = [];
    const fanout = createFanout<readonly FrameData[]>({
      codec: listedFrames,
      // No limit: a test takes the frames when it likes.
      maxBufferedBytes: Infinity,
      schedule: (flush) => queueMicrotask(flush),
      report: (report) => reports.push(report),
    });
    found = { fanout, reports };
    fanouts.set(layer, found);
  }
  return found;
}

const NOT_CONNECTED = "connect() was not called";

/**
 * A test client for one WebSocket connection.
 * @example
 * const mina = new WebSocketCommunicator(application, "/ws/chat/lobby/");
 * await mina.connect();
 * mina.sendJson({ message: "hello" });
 * assert.deepEqual(await mina.receiveJson(), { message: "hello" });
 * await mina.disconnect();
 */
export class WebSocketCommunicator {
  readonly #application: WebSocketApplication;
  readonly #scope: WebSocketScope;
  readonly #timeoutMs: number;
  readonly #replyHeaders = new Headers();
  readonly #answers = new Inbox<HandshakeResult>();
  readonly #outputs = new Outputs();
  readonly #fanout: ServerFanout<readonly FrameData[]>;
  /** The reports of all applications on this communicator's layer. */
  readonly reports: readonly ConsumerReport[];
  /** The reason why the connection is not open; undefined while it is opening or open. */
  #closedReason: string | undefined = NOT_CONNECTED;
  #isAnswered = false;
  #isPaused = false;
  #isClosed = false;
  #handler: SocketHandler | undefined;

  /**
   * @param application One WebSocket application, or a `protocolRouter` with its layer.
   * @param path A path, such as `/ws/chat/lobby/`, with or without a query.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the application is neither a function nor the result of
   * `protocolRouter`, the path is not text, or an option is unknown or out of range.
   */
  constructor(
    application: WebSocketApplication | ProtocolRouter,
    path: string,
    options: WebSocketCommunicatorOptions = {},
  ) {
    checkOptions("WebSocketCommunicator", options, ["headers", "subprotocols", "client", "layer", "timeoutMs"]);
    checkTested(application, path);
    const root = typeof application === "function" ? { websocket: application, layer: undefined } : application;
    const { headers = {}, subprotocols = [], client, timeoutMs = 1000 } = options;
    checkLimits({ timeoutMs }, MAX_TIMER_MS);
    const layer = options.layer ?? root.layer ?? new InMemoryChannelLayer();
    const { fanout, reports } = fanoutOf(layer);
    this.#application = root.websocket;
    this.#fanout = fanout;
    this.reports = reports;
    this.#timeoutMs = timeoutMs;
    const url = new URL(path, "ws://testserver");
    const sent = new Headers(headers);
    // Every client sends a Host header.
    if (!sent.has("host")) sent.set("host", url.host);
    const append = (name: string, value: string): boolean => {
      if (this.#isAnswered) return false;
      this.#replyHeaders.append(name, value);
      return true;
    };
    this.#scope = newWebSocketScope(
      { url, headers: sent, client: { ...TEST_CLIENT, ...client }, reply: { append }, layer },
      subprotocols,
    );
  }

  /**
   * Opens the connection, and returns the answer of the application. Rejects with the error of the application when a
   * server would report it.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when the application does not answer in time.
   */
  async connect(): Promise<HandshakeResult> {
    this.#closedReason = undefined;
    await this.#inTime(this.#open(), "the application to return a handler");
    return this.#answers.take("the handshake to be answered", this.#timeoutMs, () => this.#seen());
  }

  /**
   * Sends one frame of the client. Does nothing when the connection was denied or is closed.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH before the call of `connect`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the content is neither a string nor a Uint8Array.
   */
  send(data: FrameData): void {
    checkFrame(data);
    if (this.#closedReason === NOT_CONNECTED)
      throw new CommunicatorMismatchError("an open connection", `none: ${NOT_CONNECTED}`);
    this.#handler?.receive(data);
  }

  /**
   * Sends one text frame with this value as JSON. Throws as `send` does.
   * @throws {NotJsonError} CHANNELS_NOT_JSON for undefined, a function, a symbol, a bigint or a cycle.
   */
  sendJson(value: unknown): void {
    this.send(toJson(value));
  }

  /**
   * Returns the next frame that the client receives.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when no frame arrives in time.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when the connection closes instead.
   */
  async receive(): Promise<FrameData> {
    const output = await this.#outputs.take("a frame", this.#timeoutMs, () => this.#seen());
    if (output.kind === "frame") return output.data;
    throw this.#mismatch("a frame", `close ${output.code} "${output.reason}"`);
  }

  /**
   * Returns the JSON value of the next text frame. Throws as `receive` does.
   * @param schema The schema that the value must match. Default: any value.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when the frame is not JSON text or the schema
   * refuses it.
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
    throw new CommunicatorMismatchError("a frame that matches the schema", `${data} (${sentenceOf(result.issues)})`);
  }

  /**
   * Waits as `whenIdle` does, and checks that no frame arrived. Wait first for other connections that may send one.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when a frame arrived or the application closed.
   */
  async receiveNothing(): Promise<void> {
    await this.whenIdle();
    if (this.#outputs.size > 0) throw this.#mismatch("nothing", await this.#describeNext());
  }

  /**
   * Waits until the application closes the connection, and returns the code and the reason.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when it does not close in time.
   * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when a frame arrives instead.
   */
  async receiveClose(): Promise<{ readonly code: number; readonly reason: string }> {
    const output = await this.#outputs.take("the connection to close", this.#timeoutMs, () => this.#seen());
    if (output.kind === "close") return { code: output.code, reason: output.reason };
    throw new CommunicatorMismatchError("the connection to close", `a frame: ${JSON.stringify(output.data)}`);
  }

  /**
   * Closes the connection as a client does, and waits until the application has finished.
   * @param code The close code of the client. Default 1000.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when a handler does not end in time.
   */
  async disconnect(code = 1000, reason = ""): Promise<void> {
    this.#close(code, reason);
    await this.whenIdle();
  }

  /**
   * Waits until no handler of this connection is running or waiting to run.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when a handler does not end in time.
   */
  async whenIdle(): Promise<void> {
    // After one pass of the event loop, pending messages have reached the queue of this connection.
    await new Promise<void>((resolve) => {
      startTimer(resolve, 0);
    });
    if (this.#handler !== undefined) await this.#inTime(this.#handler.whenIdle(), "the connection's handlers to end");
  }

  /** The size of the frames that the test has yet to take: characters of text, or bytes. The application sees the same. */
  get bufferedBytes(): number {
    return this.#outputs.bufferedBytes;
  }

  /** Whether the application has paused the socket, because `maxQueuedFrames` frames or 64 KiB wait. */
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
    const outputs = this.#outputs;
    return {
      fanout: this.#fanout,
      accept: (subprotocol) => this.#answer({ accepted: true, subprotocol, headers: this.#replyHeaders }),
      deny: (denial) => this.#deny(denial),
      write: (frame) => {
        for (const data of frame as readonly FrameData[]) outputs.push({ kind: "frame", data });
      },
      get bufferedBytes() {
        return outputs.bufferedBytes;
      },
      drained: () => outputs.drained(),
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
    this.#closedReason = `it was denied with ${status} ${quote(reason)}`;
    for (const [name, value] of headers) this.#replyHeaders.append(name, value);
    const denied = { accepted: false, status, reason, headers: this.#replyHeaders, body } as const;
    if (closeCode === undefined) {
      this.#answer(denied);
      queueMicrotask(() => this.#close(1006, ""));
    } else {
      this.#answer({ ...denied, closeCode });
      this.#endWith(closeCode, reason);
    }
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
    this.#outputs.end();
    this.#closedReason ??= `it was closed with ${code} ${quote(reason)}`;
    this.#handler?.close(code, reason);
  }

  #seen(): string {
    const arrived = `${this.#outputs.size} other frames had arrived`;
    const state = this.#closedReason === undefined ? arrived : `the connection is not open: ${this.#closedReason}`;
    return [state, ...this.#hints()].join("; ");
  }

  #mismatch(awaited: string, got: string): CommunicatorMismatchError {
    return new CommunicatorMismatchError(awaited, [got, ...this.#hints()].join("; "));
  }

  /** Returns the reports and faults that may explain an unexpected output. */
  #hints(): string[] {
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
