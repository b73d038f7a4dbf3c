/** The code of the guide to event streams, in a browser. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import {
  consumer,
  eventStream,
  protocolRouter,
  relay,
  route,
  urlRouter,
  WebSocketConsumer,
  type ConsumerContext,
  type EventStreamOptions,
  type EventTable,
  type ScopeParams,
  type WebSocketScope,
} from "@lobby/channels";
import { serve, type Server } from "@lobby/channels-node";
import { startBrowser, visit } from "../support/browser.ts";
import { codeBlocks } from "../support/markdown.ts";
import { ROOT } from "../support/repository.ts";
import { startUpgradeBlockingProxy, type UpgradeBlockingProxy } from "../support/upgrade-blocking-proxy.ts";
import { until } from "../support/waiting.ts";

type RoomScope = WebSocketScope & ScopeParams<"/:room/">;

class Chat extends WebSocketConsumer<RoomScope, { said: { text: string } }> {
  static readonly events: EventTable<Chat> = { said: relay(({ text }) => text) };
  readonly #closes: number[];

  constructor(context: ConsumerContext<RoomScope>, closes: number[]) {
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

/** What the guide's handlers write down, in the page. */
interface PageState {
  opened: number;
  texts: string[];
  closes: { code: number; reason: string }[];
  readonly connection: { send(text: string): unknown; close(): void };
}

declare global {
  // What the page and the functions that run in it share.
  // oxlint-disable-next-line no-var
  var state: PageState;
}

const PAGE = `<!doctype html><title>Chat</title><script type="module">
import { connect } from "/connection.js";
import { openEventStream } from "/event-stream.js";
const { searchParams } = new URL(location.href);
const [at, only] = [searchParams.get("at") ?? location.origin, searchParams.get("only")];
const state = { opened: 0, texts: [], closes: [] };
const handlers = {
  onOpen: () => (state.opened += 1),
  onText: (text) => state.texts.push(text),
  onClose: (close) => state.closes.push(close),
};
const stream = at + "/sse/" + encodeURIComponent("로비") + "/";
const socket = (at + "/ws/" + encodeURIComponent("로비") + "/").replace("http", "ws");
state.connection = only === "stream" ? openEventStream(stream, handlers) : connect(socket, stream, handlers);
window.state = state;
</script>`;

interface House {
  readonly server: Server;
  readonly closes: readonly number[];
}

/** Serves the page, its scripts from the guide, and the room. */
async function open(t: TestContext, options?: EventStreamOptions, port = 0): Promise<House> {
  const closes: number[] = [];
  const chat = consumer(Chat, closes);
  const page = await readFile(join(ROOT, "docs/event-streams.md"), "utf8");
  const scripts = codeBlocks("docs/event-streams.md", page).filter(({ language }) => language === "js");
  const script = (name: string) => (): Response => {
    const code = scripts.find((block) => block.code.startsWith(`// ${name}\n`))?.code;
    return new Response(code ?? null, {
      status: code === undefined ? 404 : 200,
      headers: { "Content-Type": "text/javascript" },
    });
  };
  const application = protocolRouter({
    http: urlRouter([
      route("/", () => new Response(PAGE, { headers: { "Content-Type": "text/html; charset=utf-8" } })),
      route("/event-stream.js", script("event-stream.js")),
      route("/connection.js", script("connection.js")),
      route("/sse/:room/", eventStream(chat, options)),
    ]),
    websocket: urlRouter([route("/ws/:room/", chat)]),
  });
  const server = await serve(application, { listen: { port } });
  t.after(() => server.close({ timeoutMs: 1000 }));
  return { server, closes };
}

async function blocked(t: TestContext, { server }: House): Promise<UpgradeBlockingProxy> {
  const proxy = await startUpgradeBlockingProxy(server.url);
  t.after(() => proxy.close());
  return proxy;
}

async function say(page: Page, ...texts: readonly string[]): Promise<void> {
  await page.evaluate(async (all) => {
    await Promise.all(all.map((text) => globalThis.state.connection.send(text)));
  }, texts);
}

/** Waits until a page shows just these lines. */
async function shows(page: Page, texts: readonly string[]): Promise<void> {
  await page.waitForFunction((count) => globalThis.state.texts.length >= count, texts.length);
  assert.deepEqual(await page.evaluate(() => globalThis.state.texts), texts);
}

describe("The guide's event stream in a browser", () => {
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

  test("takes over where no WebSocket gets through, in one room with those that have one", async (t) => {
    const house = await open(t);
    const proxy = await blocked(t, house);
    const [anna, ben] = await Promise.all([enter(house.server.url), enter(proxy.origin)]);
    assert.equal(proxy.refusals, 1);
    assert.equal(house.server.connections, 1);
    const texts = Array.from({ length: 30 }, (_, number) => `안녕 ${number}`);
    await say(ben, ...texts);
    await shows(anna, texts);
    await say(anna, "hello\nthere");
    await Promise.all([anna, ben].map((page) => shows(page, [...texts, "hello\nthere"])));
    await ben.close();
    await until(() => house.closes.length > 0, "the end of the stream");
    assert.deepEqual(house.closes, [1006]);
  });

  test("comes back by itself when the network was lost, as a new connection", async (t) => {
    const house = await open(t);
    const proxy = await blocked(t, house);
    const page = await enter(`${proxy.origin}/?only=stream`);
    await say(page, "before");
    await shows(page, ["before"]);
    proxy.cut();
    await page.waitForFunction(() => globalThis.state.opened === 2);
    await say(page, "after");
    await shows(page, ["before", "after"]);
    assert.deepEqual(house.closes, [1006]);
  });

  test("is told when the server closes, and leaves it to the page to come back", async (t) => {
    const house = await open(t);
    const page = await enter(`${house.server.url}/?only=stream`);
    await house.server.close({ timeoutMs: 60_000 });
    await page.waitForFunction(() => globalThis.state.closes.length === 1);
    assert.deepEqual(await page.evaluate(() => globalThis.state.closes), [
      { code: 1012, reason: "The server is restarting" },
    ]);
    const refused = await page.evaluate(() =>
      Promise.resolve(globalThis.state.connection.send("anybody?")).then(
        () => "",
        (error: unknown) => String(error),
      ),
    );
    assert.match(refused, /Failed to fetch/);
    const again = await open(t, {}, Number(new URL(house.server.url).port));
    await page.reload();
    await page.waitForFunction(() => globalThis.state?.opened === 1);
    await say(page, "안녕");
    await shows(page, ["안녕"]);
    assert.deepEqual(again.closes, []);
  });

  test("is for pages of the same origin, unless others are allowed", async (t) => {
    const [site, closed] = [await open(t), await open(t)];
    const elsewhere = encodeURIComponent(closed.server.url);
    const visitor = await visit(browser);
    const page = await visitor.open(`${site.server.url}/?only=stream&at=${elsewhere}`);
    await page.waitForFunction(() => globalThis.state?.closes.length === 1);
    assert.equal(await page.evaluate(() => globalThis.state.opened), 0);

    const allowing = await open(t, { allowedOrigins: [site.server.url] });
    const guest = await enter(`${site.server.url}/?only=stream&at=${encodeURIComponent(allowing.server.url)}`);
    await say(guest, "from elsewhere");
    await shows(guest, ["from elsewhere"]);
  });
});
