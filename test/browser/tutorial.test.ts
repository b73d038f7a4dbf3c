import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { startBrowser, visit } from "../support/browser.ts";
import { LobbyInBrowser } from "../support/lobby-in-browser.ts";
import { startServer, type RunningServer } from "../support/process.ts";
import { ROOT } from "../support/repository.ts";

/** The page of the original tutorial. Its only variable is the name of the room. */
const TEMPLATE = join(ROOT, "examples/tutorial/chat/templates/room.html");

describe("The tutorial's chat in a browser", () => {
  let browser: Browser;
  let server: RunningServer;

  before(async () => {
    [browser, server] = await Promise.all([
      startBrowser(),
      startServer("examples/tutorial/mysite/server.ts", [], { PORT: "0" }),
    ]);
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  for (const room of ["lobby", "로비", "a b", "a-b"]) {
    test(`every page of ${room} shows a message, and no page of another room does`, async () => {
      const visitor = await visit(browser, "ko-KR");
      const index = await visitor.open(`${server.origin}/chat/`);
      await index.fill("#room-name-input", room);
      // The page of the room must not receive the key, however long it is held.
      await index.press("#room-name-input", "Enter", { delay: 200 });
      await index.waitForURL(`${server.origin}/chat/${encodeURIComponent(room)}/`);
      const [second, elsewhere] = await Promise.all([
        visitor.open(`${server.origin}/chat/${encodeURIComponent(room)}/`),
        visitor.open(`${server.origin}/chat/elsewhere/`),
      ]);
      await assertTalk(index, second);
      assert.equal(await logOf(elsewhere), "");
      assert.deepEqual(visitor.problems, []);
    });
  }
});

describe("The page of the original tutorial on Lobby", () => {
  const lobby = new LobbyInBrowser();

  for (const room of ["lobby", "로비"]) {
    test(`sends and receives messages in ${room}`, async () => {
      const template = await readFile(TEMPLATE, "utf8");
      const visitor = await visit(lobby.browser);
      // The page connects to its own address, so it replaces the page of Lobby.
      await visitor.context.route("**/chat/*/", (route) =>
        route.fulfill({
          contentType: "text/html; charset=utf-8",
          body: template.replace("{{ room_name_json }}", JSON.stringify(room)),
        }),
      );
      const url = lobby.room(room);
      await assertTalk(await visitor.open(url), await visitor.open(url));
      assert.deepEqual(visitor.problems, []);
    });
  }
});

/** Sends one message with Enter and one with the button, and asserts that both pages show both. */
async function assertTalk(first: Page, second: Page): Promise<void> {
  await Promise.all([connected(first), connected(second)]);
  await first.fill("#chat-message-input", "안녕하세요");
  await first.press("#chat-message-input", "Enter");
  await shows(second, "안녕하세요\n");
  await second.fill("#chat-message-input", "hello");
  await second.click("#chat-message-submit");
  await Promise.all([shows(first, "안녕하세요\nhello\n"), shows(second, "안녕하세요\nhello\n")]);
}

/** Waits for the connection. The page has its socket in a global variable. */
async function connected(page: Page): Promise<void> {
  await page.waitForFunction("chatSocket.readyState === WebSocket.OPEN");
}

/** Waits until the log of the page is equal to this text. */
async function shows(page: Page, log: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const area = document.querySelector<HTMLTextAreaElement>("#chat-log");
    return area?.value === expected;
  }, log);
}

function logOf(page: Page): Promise<string> {
  return page.inputValue("#chat-log");
}
