import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { visit } from "../support/browser.ts";
import { ENTER_ORDERS, KoreanKeyboard } from "../support/korean-keyboard.ts";
import { LobbyInBrowser } from "../support/lobby-in-browser.ts";
import { connected, lines } from "../support/page-actions.ts";

describe("The Korean input method", () => {
  const lobby = new LobbyInBrowser();

  async function openRoom(name: string): Promise<{ readonly page: Page; readonly keyboard: KoreanKeyboard }> {
    const minji = await visit(lobby.browser, "ko-KR");
    const page = await minji.open(lobby.room(name));
    await connected(page);
    return { page, keyboard: await KoreanKeyboard.for(page) };
  }

  for (const order of ENTER_ORDERS) {
    test(`one Enter sends a Hangul message exactly once and whole (${order})`, async () => {
      const { page, keyboard } = await openRoom(`한글 ${order}`);
      await keyboard.compose("안녕하세요");
      await keyboard.pressEnter(order);
      await sent(page, 1);
      await keyboard.compose("반가워요");
      await keyboard.pressEnter(order);
      await sent(page, 2);
      // A last message after them shows that the page sent nothing else.
      await keyboard.compose("끝");
      await keyboard.pressEnter(order);
      await sent(page, 3);
      assert.deepEqual(await lines(page), ["안녕하세요", "반가워요", "끝"]);
      assert.equal(await page.inputValue("#chat-message-input"), "");
    });
  }

  test("Enter without a composition sends a message, and so does the button in the middle of a syllable", async () => {
    const { page, keyboard } = await openRoom("단추");
    await keyboard.compose("하나");
    await keyboard.commit();
    await page.press("#chat-message-input", "Enter");
    await sent(page, 1);
    await keyboard.compose("둘이");
    await page.click("#chat-message-submit");
    await sent(page, 2);
    assert.deepEqual(await lines(page), ["하나", "둘이"]);
  });

  test("for kana, Enter chooses the candidate and sends nothing; the next Enter sends", async () => {
    const { page, keyboard } = await openRoom("かな");
    await keyboard.compose("す");
    await keyboard.pressEnter("macos");
    assert.equal(await page.inputValue("#chat-message-input"), "す");
    await page.press("#chat-message-input", "Enter");
    await sent(page, 1);
    assert.deepEqual(await lines(page), ["す"]);
  });

  test("Enter that chooses a Hanja sends nothing; the next Enter sends", async () => {
    const { page, keyboard } = await openRoom("한자");
    await keyboard.compose("한");
    await keyboard.choose("漢");
    assert.equal(await page.inputValue("#chat-message-input"), "漢");
    await page.press("#chat-message-input", "Enter");
    await sent(page, 1);
    assert.deepEqual(await lines(page), ["漢"]);
  });

  for (const order of ENTER_ORDERS) {
    test(`one Enter in the field for a room name opens the room with the whole name (${order})`, async () => {
      const page = await (await visit(lobby.browser, "ko-KR")).open(`${lobby.server.origin}/chat/`);
      const keyboard = await KoreanKeyboard.for(page);
      await keyboard.compose("로비");
      // The browser may leave the page before the last key event.
      await Promise.allSettled([keyboard.pressEnter(order)]);
      await page.waitForURL(lobby.room("로비"));
    });
  }

  for (const order of ENTER_ORDERS) {
    test(`one Enter in the field for the nickname saves it exactly once and whole (${order})`, async () => {
      const { page, keyboard } = await openRoom(`이름 ${order}`);
      const saved: (string | null)[] = [];
      page.on("request", (request) => {
        if (request.method() === "POST") saved.push(new URLSearchParams(request.postData() ?? "").get("nickname"));
      });
      await page.click("#my-name");
      await page.fill("#nickname-input", "");
      await keyboard.compose("소라");
      await keyboard.pressEnter(order);
      await page.locator("#my-name").getByText("소라", { exact: true }).waitFor();
      // A second name after it shows that the page sent nothing else.
      await page.click("#my-name");
      await page.fill("#nickname-input", "");
      await keyboard.compose("소라게");
      await keyboard.pressEnter(order);
      await page.locator("#my-name").getByText("소라게", { exact: true }).waitFor();
      assert.deepEqual(saved, ["소라", "소라게"]);
    });
  }
});

/** Waits until the page shows this many messages from the server. */
async function sent(page: Page, count: number): Promise<void> {
  await page
    .locator(".message[data-seq]")
    .nth(count - 1)
    .waitFor();
}
