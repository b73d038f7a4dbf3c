/** The `Connection` class of the guide to clients, in a browser: over a WebSocket, and over an event stream. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import {
  consumer,
  protocolRouter,
  route,
  urlRouter,
  WebSocketConsumer,
  type ConsumerContext,
  type EventTable,
  type ScopeParams,
  type WebSocketScope,
} from "@lobby/channels";
import { eventStream, type EventStreamOptions } from "@lobby/channels/event-stream";
import { serve, type Server } from "@lobby/channels-node";
import { startBrowser, visit } from "../support/browser.ts";
import { codeBlocks, filesShown } from "../support/markdown.ts";
import { ROOT } from "../support/repository.ts";
import { startUpgradeBlockingProxy, type UpgradeBlockingProxy } from "../support/upgrade-blocking-proxy.ts";
import { until } from "@lobby/test-support/waiting";

type RoomScope = WebSocketScope & ScopeParams<"/:room/">;

class Chat extends WebSocketConsumer<RoomScope, { said: { text: string } }> {
  static readonly events: EventTable<Chat> = { said: { relay: ({ text }) => text } };
  readonly #closes: number[];

  constructor(context: ConsumerContext, closes: number[]) {
    super(context);
    this.#closes = closes;
  }
  override get groups(): readonly string[] {
    return [this.scope.params.room];
  }
  override receive(text: string): Promise<void> {
    return this.groupSend(this.scope.params.room, { type: "said", text });
  }
  override disconnect(code: number): void {
    this.#closes.push(code);
  }
}

/** The recorded events of a page's connection. */
interface PageState {
  opened: number;
  texts: string[];
  closes: { code: number; reason: string; isFinal: boolean }[];
  readonly connection: { send(text: string): boolean; close(): void };
}

declare global {
  // The page and the functions that run in it share this variable.
  // oxlint-disable-next-line no-var
  var state: PageState;
}

const PAGE = `<!doctype html><title>Chat</title><script type="module">
import { Connection } from "/connection.js";
Math.random = () => 0.05; // Shortens the delay before a reconnection.
const { searchParams } = new URL(location.href);
const [at, only] = [searchParams.get("at") ?? location.origin, searchParams.get("only")];
const stream = at + "/sse/" + encodeURIComponent("로비") + "/";
const socket = (at + (only === "stream" ? "/none/" : "/ws/" + encodeURIComponent("로비") + "/")).replace("http", "ws");
const connection = new Connection(socket, stream);
const state = { opened: 0, texts: [], closes: [], connection };
connection.addEventListener("open", () => (state.opened += 1));
connection.addEventListener("message", ({ data }) => state.texts.push(data));
connection.addEventListener("close", (close) => state.closes.push(close));
window.state = state;
</script>`;

interface ChatServer {
  readonly server: Server;
  readonly closes: readonly number[];
  /** The statuses of the answers to streams. */
  readonly answers: readonly number[];
}

/** Serves the page, its script from the guide, and the rooms. */
async function startChat(t: TestContext, options?: EventStreamOptions, port = 0): Promise<ChatServer> {
  const closes: number[] = [];
  const answers: number[] = [];
  const chat = consumer(Chat, closes);
  const guide = codeBlocks("docs/clients.md", await readFile(join(ROOT, "docs/clients.md"), "utf8"));
  const script = stripTypeScriptTypes(filesShown(guide).get("connection.ts")?.code ?? "");
  const application = protocolRouter({
    http: urlRouter([
      route("/", () => new Response(PAGE, { headers: { "Content-Type": "text/html; charset=utf-8" } })),
      route("/connection.js", () => new Response(script, { headers: { "Content-Type": "text/javascript" } })),
      route("/sse/:room/", eventStream(chat, options)),
    ]),
    websocket: urlRouter([route("/ws/:room/", chat)]),
  });
  const server = await serve(application, {
    listen: { port },
    onAccess: ({ target, status }) => target.startsWith("/sse/") && answers.push(status),
    onReport: () => undefined,
  });
  t.after(() => server.close({ timeoutMs: 1000 }));
  return { server, closes, answers };
}

/** Starts a proxy to the server that blocks WebSockets. */
async function startProxy(t: TestContext, { server }: ChatServer): Promise<UpgradeBlockingProxy> {
  const proxy = await startUpgradeBlockingProxy(server.url);
  t.after(() => proxy.close());
  return proxy;
}

/** Sends messages through the connection of the page. */
async function say(page: Page, ...texts: readonly string[]): Promise<void> {
  const isSent = await page.evaluate((all) => all.every((text) => globalThis.state.connection.send(text)), texts);
  assert.ok(isSent);
}

/** Asserts that a page receives exactly these messages. */
async function assertReceives(page: Page, texts: readonly string[]): Promise<void> {
  await page.waitForFunction((count) => globalThis.state.texts.length >= count, texts.length);
  assert.deepEqual(await page.evaluate(() => globalThis.state.texts), texts);
}

describe("The guide's connection in a browser", () => {
  let browser: Browser;

  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  async function enter(url: string): Promise<Page> {
    const visitor = await visit(browser, "ko-KR");
    const page = await visitor.open(url);
    await page.waitForFunction(() => globalThis.state?.opened === 1);
    return page;
  }

  test("uses an event stream where the network blocks WebSockets, in one room with WebSocket clients", async (t) => {
    const chat = await startChat(t);
    const proxy = await startProxy(t, chat);
    const [anna, ben] = await Promise.all([enter(chat.server.url), enter(proxy.origin)]);
    assert.equal(proxy.blockedHandshakes, 1);
    assert.equal(chat.server.connections, 1);
    const texts = Array.from({ length: 30 }, (_, number) => `안녕 ${number}`);
    await say(ben, ...texts);
    await assertReceives(anna, texts);
    await say(anna, "hello\nthere");
    await Promise.all([anna, ben].map((page) => assertReceives(page, [...texts, "hello\nthere"])));
    await ben.close();
    await until(() => chat.closes.length > 0, "the end of the stream");
    assert.deepEqual(chat.closes, [1006]);
  });

  test("reconnects automatically when the network was lost", async (t) => {
    const chat = await startChat(t);
    const proxy = await startProxy(t, chat);
    const page = await enter(`${proxy.origin}/?only=stream`);
    await say(page, "before");
    await assertReceives(page, ["before"]);
    proxy.cut();
    await page.waitForFunction(() => globalThis.state.opened === 2);
    await say(page, "after");
    await assertReceives(page, ["before", "after"]);
    // A client that ends its half of the connection may still read, so the server waits for a pause.
    await until(() => chat.closes.length > 0, "the server to notice");
    assert.deepEqual(chat.closes, [1006]);
    assert.equal(chat.server.connections, 0);
  });

  for (const only of ["socket", "stream"]) {
    test(`reconnects after a restart of the server, and not after a final close code (${only})`, async (t) => {
      const chat = await startChat(t);
      const port = Number(new URL(chat.server.url).port);
      const page = await enter(`${chat.server.url}/?only=${only}`);
      await chat.server.close({ timeoutMs: 60_000 });
      await page.waitForFunction(() => globalThis.state.closes.length === 1);
      assert.equal(await page.evaluate(() => globalThis.state.connection.send("closed?")), false);

      const again = await startChat(t, {}, port);
      await page.waitForFunction(() => globalThis.state.opened === 2);
      await say(page, "안녕");
      await assertReceives(page, ["안녕"]);
      await again.server.close({ code: 4403, reason: "No more", timeoutMs: 60_000 });
      await page.waitForFunction(() => globalThis.state.closes.length === 2);
      assert.deepEqual(await page.evaluate(() => globalThis.state.closes), [
        { code: 1012, reason: "The server is restarting", isFinal: false },
        { code: 4403, reason: "No more", isFinal: true },
      ]);
    });
  }

  test("does not reconnect when the page closes it", async (t) => {
    const chat = await startChat(t);
    for (const only of ["socket", "stream"]) {
      const page = await enter(`${chat.server.url}/?only=${only}`);
      await page.evaluate(() => globalThis.state.connection.close());
      await page.waitForFunction(() => globalThis.state.closes.length === 1);
      assert.deepEqual(await page.evaluate(() => globalThis.state.closes), [{ code: 1000, reason: "", isFinal: true }]);
    }
    await until(() => chat.closes.length === 2, "both connections to end");
  });

  test("is open to pages of the same origin, and of allowed ones", async (t) => {
    const [site, closed] = [await startChat(t), await startChat(t)];
    const elsewhere = encodeURIComponent(closed.server.url);
    const visitor = await visit(browser);
    const page = await visitor.open(`${site.server.url}/?only=stream&at=${elsewhere}`);
    await until(() => closed.answers.includes(403), "the denial");
    assert.equal(await page.evaluate(() => globalThis.state.opened), 0);

    const allowing = await startChat(t, { allowedOrigins: [site.server.url] });
    const guest = await enter(`${site.server.url}/?only=stream&at=${encodeURIComponent(allowing.server.url)}`);
    await say(guest, "from elsewhere");
    await assertReceives(guest, ["from elsewhere"]);
  });
});
