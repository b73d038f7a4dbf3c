import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { startBrowser, visit } from "../support/browser.ts";
import { LobbyInBrowser } from "../support/lobby-in-browser.ts";
import { startServer, type RunningServer } from "../support/process.ts";
import { ROOT } from "../support/repository.ts";

/** The page of the text that the tutorial follows; its only variable is the room's name. */
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
    test(`everybody in ${room} sees what is said, and nobody else does`, async () => {
      const someone = await visit(browser, "ko-KR");
      const index = await someone.open(`${server.origin}/chat/`);
      await index.fill("#room-name-input", room);
      // However long the key is held, the page of the room hears nothing of it.
      await index.press("#room-name-input", "Enter", { delay: 200 });
      await index.waitForURL(`${server.origin}/chat/${encodeURIComponent(room)}/`);
      const [second, elsewhere] = await Promise.all([
        someone.open(`${server.origin}/chat/${encodeURIComponent(room)}/`),
        someone.open(`${server.origin}/chat/elsewhere/`),
      ]);
      await talk(index, second);
      assert.equal(await logOf(elsewhere), "");
      assert.deepEqual(someone.problems, []);
    });
  }
});

describe("The page of the text, unchanged, on Lobby", () => {
  const lobby = new LobbyInBrowser();

  for (const room of ["lobby", "로비"]) {
    test(`talks to ${room}`, async () => {
      const template = await readFile(TEMPLATE, "utf8");
      const someone = await visit(lobby.browser);
      // Served at Lobby's own address, in place of its page: the text's page connects to where it came from.
      await someone.context.route("**/chat/*/", (route) =>
        route.fulfill({
          contentType: "text/html; charset=utf-8",
          body: template.replace("{{ room_name_json }}", JSON.stringify(room)),
        }),
      );
      const url = lobby.room(room);
      await talk(await someone.open(url), await someone.open(url));
      assert.deepEqual(someone.problems, []);
    });
  }
});

/** Two windows of the text's page: a line with Enter, a line with the button, both in both logs. */
async function talk(first: Page, second: Page): Promise<void> {
  await Promise.all([connected(first), connected(second)]);
  await first.fill("#chat-message-input", "안녕하세요");
  await first.press("#chat-message-input", "Enter");
  await shows(second, "안녕하세요\n");
  await second.fill("#chat-message-input", "hello");
  await second.click("#chat-message-submit");
  await Promise.all([shows(first, "안녕하세요\nhello\n"), shows(second, "안녕하세요\nhello\n")]);
}

/** The page keeps its socket in a global of this name. */
async function connected(page: Page): Promise<void> {
  await page.waitForFunction("chatSocket.readyState === WebSocket.OPEN");
}

async function shows(page: Page, log: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const area = document.querySelector<HTMLTextAreaElement>("#chat-log");
    return area?.value === expected;
  }, log);
}

function logOf(page: Page): Promise<string> {
  return page.inputValue("#chat-log");
}
