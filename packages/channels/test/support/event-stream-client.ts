/** A client of event streams in this process, and a server that a test can close. */
import assert from "node:assert/strict";
import {
  InMemoryChannelLayer,
  ServerClosingError,
  type ChannelLayer,
  type ConsumerReport,
  type HttpApplication,
  type ServerContext,
} from "@lobby/channels";
import { eventsOf, requestApplication, type ServerSentEvent } from "@lobby/channels/testing";

/** One server as its applications see it. */
export class TestServerContext implements ServerContext {
  readonly reports: ConsumerReport[] = [];
  readonly work: Promise<unknown>[] = [];
  readonly #closing = new AbortController();

  get closing(): AbortSignal {
    return this.#closing.signal;
  }
  waitUntil(work: Promise<unknown>): void {
    this.work.push(work);
  }
  report(report: ConsumerReport): void {
    this.reports.push(report);
  }
  close(): void {
    this.#closing.abort(new ServerClosingError(1012, "The server is restarting"));
  }
  /** Waits for everything that applications asked it to wait for. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.work);
  }
}

/** Where a client finds its server, and what it says of itself. */
export interface EventStreamClientOptions {
  readonly layer?: ChannelLayer;
  readonly server?: TestServerContext;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** See the head of this file. */
export class EventStreamClient {
  readonly layer: ChannelLayer;
  readonly server: TestServerContext;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  id = "";
  readonly #application: HttpApplication;
  readonly #leaving = new AbortController();
  #events: AsyncGenerator<ServerSentEvent, void> | undefined;

  constructor(application: HttpApplication, options: EventStreamClientOptions = {}) {
    this.#application = application;
    this.layer = options.layer ?? new InMemoryChannelLayer();
    this.server = options.server ?? new TestServerContext();
    this.path = options.path ?? "/sse/";
    this.headers = options.headers ?? {};
  }

  /** Asks for a connection. */
  ask(headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.request("GET", { Accept: "text/event-stream", ...headers });
  }

  /** Opens the connection. */
  static async open(application: HttpApplication, options?: EventStreamClientOptions): Promise<EventStreamClient> {
    const client = new EventStreamClient(application, options);
    await client.open();
    return client;
  }

  async open(): Promise<void> {
    const response = await this.ask();
    assert.equal(response.status, 200);
    this.#events = eventsOf(response);
    const { type, data } = await this.event();
    assert.equal(type, "connection");
    this.id = (JSON.parse(data) as { readonly id: string }).id;
  }

  /** Somebody who knows the id, and is another in some way. */
  peer(options: EventStreamClientOptions): EventStreamClient {
    const { layer, server, path, headers } = this;
    const peer = new EventStreamClient(this.#application, { layer, server, path, headers, ...options });
    peer.id = this.id;
    return peer;
  }

  /** The next event. */
  async event(): Promise<ServerSentEvent> {
    const { value } = (await this.#events?.next()) ?? {};
    assert.ok(value !== undefined, "the stream has ended");
    return value;
  }

  /** The next frame, which must be text. */
  async receive(): Promise<string> {
    const { type, data } = await this.event();
    assert.equal(type, "message");
    return data;
  }

  /** How the connection was closed, after which the stream must end. */
  async closed(): Promise<{ readonly code: number; readonly reason: string }> {
    const { type, data } = await this.event();
    assert.equal(type, "close");
    assert.equal((await this.#events?.next())?.done, true);
    return JSON.parse(data) as { readonly code: number; readonly reason: string };
  }

  /** Sends a frame; gives the status. */
  async send(body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const type = typeof body === "string" ? "text/plain" : "application/octet-stream";
    return (await this.request("POST", { "Connection-Id": this.id, "Content-Type": type, ...headers }, body)).status;
  }

  /** Asks the server to close; gives the status. */
  async close(): Promise<number> {
    return (await this.request("DELETE", { "Connection-Id": this.id })).status;
  }

  /** Goes away without a word. */
  leave(): void {
    this.#leaving.abort();
  }

  request(
    method: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null = null,
  ): Promise<Response> {
    const { layer, server } = this;
    const { signal } = this.#leaving;
    const init = { method, headers: { ...this.headers, ...headers }, body, signal, duplex: "half" };
    return requestApplication(this.#application, this.path, { layer, server, ...init });
  }
}
