import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { visit } from "../support/browser.ts";
import { LobbyInBrowser } from "../support/lobby-in-browser.ts";
import { connected, lines, say, seen } from "../support/page-actions.ts";
import { numbered } from "../support/room-client.ts";

describe("A visitor who is too fast", () => {
  const lobby = new LobbyInBrowser();

  test("sees the wait, and the page sends every line in its order at the end of its wait", async () => {
    const ann = await visit(lobby.browser);
    const page = await ann.open(lobby.room("fast"));
    await connected(page);
    const texts = numbered("line", 13);
    for (const text of texts) await say(page, text);
    const wait = page.locator(".message.pending .wait");
    await wait.getByText("A little fast. This will be sent in 1 s.").waitFor();
    assert.equal(await wait.count(), 1);
    await page.locator("#announcer").getByText("A little fast. This will be sent in 1 s.").waitFor();
    await seen(page, "line 13");
    assert.deepEqual(await lines(page), texts);
    assert.equal(await page.locator(".pending, .failed, .wait").count(), 0);
    await page
      .locator("#announcer")
      .getByText(/Sent\.$/)
      .waitFor();
    assert.deepEqual(ann.problems, []);
  });

  test("can give a line up, which returns its text to the field, and later lines follow", async () => {
    const ann = await visit(lobby.browser, "ko-KR");
    await ann.context.clock.install();
    const page = await ann.open(lobby.room("cancel"));
    await connected(page);
    await page.clock.pauseAt(Date.now() + 60_000);
    const texts = numbered("line", 14);
    for (const text of texts) await say(page, text);
    await page.locator(".wait").getByText("조금 빨라요. 1초 뒤에 보낼게요.").waitFor();
    const pending = page.locator(".message.pending .text");
    const [givenUp = "", ...kept] = await pending.allTextContents();
    await page.fill("#chat-message-input", "written meanwhile");
    await page.locator(".wait").getByRole("button", { name: "취소" }).click();
    assert.equal(await page.inputValue("#chat-message-input"), `${givenUp}\nwritten meanwhile`);
    assert.deepEqual(await pending.allTextContents(), kept);
    await page.clock.runFor(1_000);
    await page
      .locator("#announcer")
      .getByText("취소했어요. 쓴 글은 입력칸으로 돌아왔어요.")
      .waitFor({ state: "attached" });
    await page.clock.resume();
    await seen(page, "line 14");
    assert.deepEqual(
      await lines(page),
      texts.filter((text) => text !== givenUp),
    );
  });

  test("keeps a waiting line while the connection is lost, and the next connection sends it", async () => {
    const ann = await visit(lobby.browser);
    const page = await ann.open(lobby.room("lost"));
    await connected(page);
    for (const text of numbered("line", 11)) await say(page, text);
    await page.locator(".wait").waitFor();
    await lobby.restart("SIGTERM");
    await seen(page, "line 11");
    assert.deepEqual(await lines(page), numbered("line", 11));
  });

  test("sees when the page will save a name, and the page saves it then", async () => {
    const ann = await visit(lobby.browser);
    const page = await ann.open(lobby.room("names"));
    await connected(page);
    const name = await renameUntilRefused(page);
    await page.locator("#my-name").getByText(name, { exact: true }).waitFor();
    assert.equal(await page.locator("#nickname-error").textContent(), "");
    await page.locator("#announcer").getByText("The name was saved.").waitFor();
  });

  test("sees no wait any more after typing another name, because the page saves only what it shows", async () => {
    const ann = await visit(lobby.browser);
    const page = await ann.open(lobby.room("other names"));
    await connected(page);
    const name = await renameUntilRefused(page);
    await page.fill("#nickname-input", "Cat");
    // The wait may have ended before.
    if ((await page.locator("#my-name").textContent())?.trim() === name) return;
    assert.equal(await page.locator("#nickname-error").textContent(), "");
  });
});

/** Changes the name until one has to wait, and returns it. */
async function renameUntilRefused(page: Page): Promise<string> {
  for (const name of numbered("Ann", 40)) {
    await page.click("#my-name");
    await page.fill("#nickname-input", name);
    await page.press("#nickname-input", "Enter");
    const wait = page.locator("#nickname-error").getByText(/too fast.* This will be saved in 1 s\./);
    await wait
      .or(page.locator("#my-name").getByText(name, { exact: true }))
      .first()
      .waitFor();
    if (await wait.isVisible()) return name;
  }
  return assert.fail("No name had to wait.");
}
