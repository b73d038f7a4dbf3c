import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "@lobby/test-support/waiting";
import type { Page } from "playwright-core";
import { visit } from "../support/browser.ts";
import { LobbyInBrowser } from "../support/lobby-in-browser.ts";
import { numbered, sayAll } from "../support/room-client.ts";
import { connected, lines, say, seen } from "../support/page-actions.ts";

describe("Lobby in a browser", () => {
  const lobby = new LobbyInBrowser("--limits", "off");

  test("two visitors of a room see each other's messages, and a visitor of another room does not", async () => {
    const [minji, tom, eve] = await Promise.all([
      visit(lobby.browser, "ko-KR"),
      visit(lobby.browser),
      visit(lobby.browser),
    ]);
    const [hers, his, elsewhere] = await Promise.all([
      minji.open(lobby.room("lobby")),
      tom.open(lobby.room("lobby")),
      eve.open(lobby.room("garden")),
    ]);
    await say(hers, "안녕하세요");
    await seen(his, "안녕하세요");
    await say(his, "Hello Minji");
    await seen(hers, "Hello Minji");
    await say(elsewhere, "Anybody in the garden?");
    await seen(elsewhere, "Anybody in the garden?");

    assert.deepEqual(await lines(hers), ["안녕하세요", "Hello Minji"]);
    assert.deepEqual(await lines(his), ["안녕하세요", "Hello Minji"]);
    assert.deepEqual(await lines(elsewhere), ["Anybody in the garden?"]);
    assert.deepEqual([...minji.problems, ...tom.problems, ...eve.problems], []);
  });

  test("a reload shows the messages, and so does the page without scripts", async () => {
    const ann = await visit(lobby.browser);
    const page = await ann.open(lobby.room("history"));
    await say(page, "first");
    await say(page, "second");
    await seen(page, "second");
    await page.reload();
    assert.deepEqual(await lines(page), ["first", "second"]);

    const plain = await lobby.browser.newContext({ javaScriptEnabled: false });
    const readable = await plain.newPage();
    await readable.goto(lobby.room("history"));
    assert.deepEqual(await lines(readable), ["first", "second"]);
  });

  test("a visit receives the room's page once, also a first visit", async () => {
    let log = "";
    lobby.server.child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
    const page = await (await visit(lobby.browser)).open(lobby.room("once"));
    await connected(page);
    const answers = (): string[] =>
      [...log.matchAll(/"target":"\/chat\/once\/".*?"status":(\d+)/g)].map(([, status = ""]) => status);
    await until(() => answers().length === 2, "two entries in the log");
    assert.deepEqual(answers(), ["200", "304"]);
  });

  test("the index opens a room by its name, also a Korean one, and lists it afterwards", async () => {
    const jisu = await visit(lobby.browser, "ko-KR");
    const page = await jisu.open(`${lobby.server.origin}/chat/`);
    await page.fill("#room-name-input", "로비 둘");
    await page.press("#room-name-input", "Enter");
    await page.waitForURL(lobby.room("로비 둘"));
    assert.equal(await page.locator("h1").textContent(), "로비 둘");
    await say(page, "여기예요");
    await seen(page, "여기예요");

    await page.goto(`${lobby.server.origin}/chat/`);
    await page.fill("#room-name-input", "garden");
    await page.click("#room-name-submit");
    await page.waitForURL(lobby.room("garden"));
    await page.goto(`${lobby.server.origin}/chat/`);
    await page.getByRole("link", { name: "로비 둘" }).click();
    await page.waitForURL(lobby.room("로비 둘"));
    assert.deepEqual(await lines(page), ["여기예요"]);
  });

  test("on a narrow screen a long room name uses the width of the list", async () => {
    const page = await (await visit(lobby.browser)).open(lobby.room("a room with a name of many words in a row"));
    await say(page, "hello");
    await seen(page, "hello");
    await page.setViewportSize({ width: 360, height: 640 });
    await page.goto(`${lobby.server.origin}/chat/`);
    const link = await page.getByRole("link", { name: "a room with a name" }).boundingBox();
    assert.ok((link?.width ?? 0) > 200, `${link?.width} px`);
  });

  test("the page speaks the language of the browser", async () => {
    const [korean, english] = await Promise.all([visit(lobby.browser, "ko-KR"), visit(lobby.browser)]);
    const [a, b] = await Promise.all([korean.open(lobby.room("words")), english.open(lobby.room("words"))]);
    assert.equal(await a.locator("html").getAttribute("lang"), "ko");
    assert.equal(await a.locator("#chat-message-submit").textContent(), "보내기");
    assert.equal(await b.locator("html").getAttribute("lang"), "en");
    assert.equal(await b.locator("#chat-message-submit").textContent(), "Send");
  });

  test("HTML in a message, a nickname and a room's name appears as text", async () => {
    const mallory = await visit(lobby.browser);
    const bob = await visit(lobby.browser);
    const hostile = '<img src=x onerror="document.title=1">';
    const [page, other] = await Promise.all([mallory.open(lobby.room("<b>x")), bob.open(lobby.room("<b>x"))]);
    await rename(page, "<i>M</i>");
    await say(page, hostile);
    await seen(other, hostile);
    await other.reload();
    assert.deepEqual(await lines(other), [hostile]);
    assert.equal(await other.locator(".author").first().textContent(), "<i>M</i>");
    assert.equal(await other.locator("h1").textContent(), "<b>x");
    assert.equal(await other.locator("#chat-log img, #chat-log i, h1 b").count(), 0);
  });

  test("a nickname survives a reload, and other visitors see it from then on", async () => {
    const [sora, ben] = await Promise.all([visit(lobby.browser, "ko-KR"), visit(lobby.browser)]);
    const [hers, his] = await Promise.all([sora.open(lobby.room("names")), ben.open(lobby.room("names"))]);
    await say(hers, "before");
    await rename(hers, "소라");
    await say(hers, "after");
    await seen(his, "after");
    const authors = await his.locator(".message .author").allTextContents();
    assert.match(authors[0] ?? "", /^손님 [\da-f]{4}$/);
    assert.equal(authors[1], "소라");
    await hers.reload();
    assert.equal((await hers.locator("#my-name").textContent())?.trim(), "소라");

    await hers.click("#my-name");
    await hers.fill("#nickname-input", "가".repeat(33));
    await hers.click("#nickname-form button[type=submit]");
    await hers.getByText("이름은 32자까지 쓸 수 있어요.").waitFor();
  });

  test("Shift+Enter starts a new line, Enter sends the message, and a message that is too long is not sent", async () => {
    const page = await (await visit(lobby.browser)).open(lobby.room("keys"));
    await page.locator("#chat-message-input").pressSequentially("one");
    await page.press("#chat-message-input", "Shift+Enter");
    await page.locator("#chat-message-input").pressSequentially("two");
    await page.press("#chat-message-input", "Enter");
    await seen(page, "one\ntwo");
    assert.deepEqual(await lines(page), ["one\ntwo"]);

    await page.fill("#chat-message-input", "y".repeat(4002));
    await page.press("#chat-message-input", "Enter");
    await page.getByText("Too long by 2").waitFor();
    assert.equal((await page.inputValue("#chat-message-input")).length, 4002);
  });

  test("a message that breaks a rule stays in the field, and the page says which character to remove", async () => {
    const page = await (await visit(lobby.browser)).open(lobby.room("rules"));
    for (const [text, reason] of [
      [`q${"\u0301".repeat(31)}`, "A message has at most 30 marks in a row, and U+0301 is one too many."],
      ["red \u001b[31m", "A message cannot have U+001B. Please remove it."],
      ["\u2800\u3164", ""],
    ] as const) {
      await page.fill("#chat-message-input", text);
      await page.press("#chat-message-input", "Enter");
      if (reason !== "") await page.getByText(reason).waitFor();
      assert.equal(await page.inputValue("#chat-message-input"), text);
      assert.ok(await page.locator("#chat-message-submit").isDisabled());
    }
    assert.deepEqual(await lines(page), []);
  });

  test("a browser without storage for pages can send messages", async () => {
    const ann = await visit(lobby.browser);
    await ann.context.addInitScript(() => {
      for (const storage of ["sessionStorage", "localStorage"]) {
        Object.defineProperty(window, storage, {
          get() {
            throw new DOMException("Access is denied.", "SecurityError");
          },
        });
      }
    });
    const page = await ann.open(lobby.room("forgetful"));
    await connected(page);
    assert.equal(await page.locator("#chat-message-submit").isDisabled(), true);
    await say(page, "hello");
    await seen(page, "hello");
    assert.deepEqual(ann.problems, []);
  });

  test("the log scrolls to new messages, unless the reader has scrolled up", async () => {
    const [reader, writer] = await Promise.all([visit(lobby.browser), visit(lobby.browser)]);
    const [reading, writing] = await Promise.all([reader.open(lobby.room("long")), writer.open(lobby.room("long"))]);
    for (let line = 1; line <= 40; line += 1) await say(writing, `line ${line}`);
    await seen(reading, "line 40");
    await reading.waitForFunction(isAtEnd);

    await reading.locator("#scroller").evaluate((scroller) => {
      scroller.scrollTop = 0;
    });
    await say(writing, "something new");
    await reading.locator("#new-messages").click();
    await reading.waitForFunction(isAtEnd);
    await reading.locator("#new-messages").waitFor({ state: "hidden" });
  });

  test("the page keeps the last 500 messages, and all of them while the reader has scrolled up", async () => {
    const reading = await (await visit(lobby.browser)).open(lobby.room("endless"));
    await sayAll(lobby.server.origin, "endless", numbered("line", 520));
    await seen(reading, "line 520");
    assert.deepEqual(await lines(reading), numbered("line", 520).slice(20));
    // The day is above the first message, and the author is visible.
    assert.equal(await reading.locator("#chat-log > :first-child").getAttribute("class"), "day");
    assert.equal(await reading.locator(".message").first().locator(".meta").isVisible(), true);

    await reading.locator("#scroller").evaluate((scroller) => {
      scroller.scrollTop = 0;
    });
    await sayAll(lobby.server.origin, "endless", ["while reading"]);
    await seen(reading, "while reading");
    assert.equal((await lines(reading)).length, 501);
    await reading.locator("#new-messages").click();
    await say(reading, "at the end");
    await seen(reading, "at the end");
    assert.deepEqual(await lines(reading), [...numbered("line", 520).slice(22), "while reading", "at the end"]);
  });
});

/** Returns whether the log is scrolled to its end. Runs in the page. */
function isAtEnd(): boolean {
  const scroller = document.querySelector("#scroller");
  return scroller !== null && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2;
}

/** Sets the nickname. */
async function rename(page: Page, name: string): Promise<void> {
  await page.click("#my-name");
  await page.fill("#nickname-input", name);
  await page.click("#nickname-form button[type=submit]");
  await page.locator("#my-name").getByText(name, { exact: true }).waitFor();
}
