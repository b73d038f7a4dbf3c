import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import type { Page, Route } from "playwright-core";
import { visit } from "../support/browser.ts";
import { LobbyInBrowser } from "../support/lobby-in-browser.ts";
import { numbered, sayAll } from "../support/room-client.ts";
import { connected, lines, say, seen } from "../support/page-actions.ts";
import { Wire } from "../support/wire.ts";

describe("A visitor's own messages", () => {
  const lobby = new LobbyInBrowser("--limits", "off");

  test("are their own in two tabs that a new visitor opens at once, and none stays pending", async () => {
    const ann = await visit(lobby.browser);
    const [first, second] = await Promise.all([ann.open(lobby.room("tabs")), ann.open(lobby.room("tabs"))]);
    await Promise.all([connected(first), connected(second)]);
    await Promise.all([say(first, "from the first"), say(second, "from the second")]);
    for (const page of [first, second]) {
      await Promise.all([seen(page, "from the first"), seen(page, "from the second")]);
      await whenIdle(page);
    }
    await first.locator(".message.mine").getByText("from the first", { exact: true }).waitFor();
    await second.locator(".message.mine").getByText("from the second", { exact: true }).waitFor();
    assert.deepEqual(ann.problems, []);
  });

  test("are their own in a tab whose cookie another tab has replaced", async () => {
    const ann = await visit(lobby.browser);
    const first = await ann.context.newPage();
    const script = Promise.withResolvers<void>();
    await first.route("**/assets/*.js", async (route) => {
      await script.promise;
      await route.continue();
    });
    // The result of the race: the cookie of the first page is replaced before its script runs.
    await first.goto(lobby.room("cookies"), { waitUntil: "commit" });
    await first.locator("#chat-log").waitFor({ state: "attached" });
    await ann.context.clearCookies();
    const second = await ann.open(lobby.room("cookies"));
    await say(second, "second");
    await seen(second, "second");
    const name = await second.locator("#my-name bdi").innerText();
    assert.notEqual(await first.locator("#my-name bdi").innerText(), name);

    script.resolve();
    await first.locator("#my-name").getByText(name, { exact: true }).waitFor();
    await say(first, "first");
    for (const page of [first, second]) {
      await seen(page, "first");
      await whenIdle(page);
      assert.deepEqual(await lines(page), ["second", "first"]);
      assert.equal(await page.locator(".message.mine").count(), 2);
    }
  });

  test("are their own when the tab sent them before it knew its visitor", async () => {
    const ann = await visit(lobby.browser);
    const page = await ann.context.newPage();
    const script = Promise.withResolvers<void>();
    const log = Promise.withResolvers<void>();
    await page.route("**/assets/*.js", async (route) => {
      await script.promise;
      await route.continue();
    });
    await page.route("**/chat/*/", async (route) => {
      if (route.request().resourceType() === "fetch") await log.promise;
      await route.continue();
    });
    await page.goto(lobby.room("early"), { waitUntil: "commit" });
    await page.locator("#chat-log").waitFor({ state: "attached" });
    await ann.context.clearCookies();
    script.resolve();
    await say(page, "early");
    await seen(page, "early");
    await whenIdle(page);
    assert.equal(await page.locator(".message.mine").count(), 1);
    log.resolve();
    await connected(page);
    assert.equal(await page.locator(".message.mine").count(), 1);
  });

  test("stay pending when an answer from before a lost connection arrives", async () => {
    const ann = await visit(lobby.browser);
    const url = lobby.room("late answer");
    const wire = await Wire.of(ann.context);
    wire.toPage.mode = "lose";
    const held = Promise.withResolvers<() => Promise<void>>();
    await ann.context.route(
      url,
      async (route) => {
        if (route.request().resourceType() === "document") return route.continue();
        await sayAll(lobby.server.origin, "late answer", ["from somebody else"]);
        held.resolve(await fetchAnswer(route));
      },
      { times: 2 },
    );
    const page = await ann.open(url);
    const release = await held.promise;

    const echo = wire.toPage.next;
    await say(page, "on its way");
    await echo;
    await wire.cut();
    await page.locator("#connection").getByText("The connection was lost").waitFor();
    await release();
    await seen(page, "from somebody else");
    assert.equal(await page.locator(".message.pending").count(), 1);
    assert.equal(await page.locator(".message.failed").count(), 0);
    assert.match((await page.locator("#connection").textContent()) ?? "", /The connection was lost/);

    wire.toPage.mode = "pass";
    wire.mend();
    await connected(page);
    await whenIdle(page);
    assert.deepEqual(await lines(page), ["from somebody else", "on its way"]);
    assert.equal(await page.locator(".message.mine").count(), 1);
  });

  test("are marked as not sent when they never arrive, and a button sends them again", async () => {
    const { page, wire } = await openWithClock("never arrived");
    wire.toServer.mode = "lose";
    await say(page, "lost");
    await page.clock.runFor(9_999);
    assert.equal(await page.locator(".message.pending").count(), 1);
    await page.clock.runFor(1);
    await page.locator(".message.failed").getByText("Not sent").waitFor();
    await page.clock.runFor(1_000);
    assert.equal(await page.locator("#announcer").textContent(), "Not sent");
    wire.toServer.mode = "pass";
    await page.getByRole("button", { name: "Send again" }).click();
    await seen(page, "lost");
    await whenIdle(page);
    assert.deepEqual(await lines(page), ["lost"]);
    await page.clock.runFor(1_000);
    assert.equal(await page.locator("#announcer").textContent(), "Sent.");
  });

  test("are found in the log when only their echo was lost", async () => {
    const { page, wire } = await openWithClock("no echo");
    wire.toPage.mode = "lose";
    const echo = wire.toPage.next;
    await say(page, "stored");
    await echo;
    await page.clock.runFor(10_000);
    await seen(page, "stored");
    await whenIdle(page);
    assert.deepEqual(await lines(page), ["stored"]);
    assert.equal(await page.locator(".message.mine").count(), 1);
  });

  test("are marked as perhaps sent when the page does not show the part of the log that can have them", async () => {
    const { page, wire } = await openWithClock("uncertain");
    wire.toPage.mode = "lose";
    const echo = wire.toPage.next;
    await say(page, "stored");
    await echo;
    await sayAll(lobby.server.origin, "uncertain", numbered("later", 60));
    await page.clock.runFor(10_000);
    await page.locator(".message.failed").getByText("Perhaps sent: the page lacks some messages").waitFor();
    assert.deepEqual(await lines(page), numbered("later", 60).slice(10));
  });

  test("lose the mark when they were only slow", async () => {
    const { page, wire } = await openWithClock("slow");
    wire.toServer.mode = "hold";
    await say(page, "slow");
    await page.clock.runFor(10_000);
    await page.locator(".message.failed").waitFor();
    wire.toServer.release();
    await seen(page, "slow");
    await whenIdle(page);
    assert.deepEqual(await lines(page), ["slow"]);
  });

  test("show the reason when the server refuses them, and other pending ones do not", async () => {
    const { page, wire } = await openWithClock("refused");
    wire.toPage.mode = "lose";
    const echo = wire.toPage.next;
    await say(page, "without an echo");
    await echo;
    wire.toPage.mode = "pass";
    // The page checks a text before it sends it, so only a changed text is refused.
    wire.toServer.change = (frame) => frame.replace("a-b", String.raw`a\u0007b`);
    await say(page, "a-b");
    // A line waits up to a second for the echo of the line before it.
    await page.clock.runFor(1_000);
    const failed = page.locator(".message.failed");
    await failed.getByText("A message cannot have U+0007. Please remove it.").waitFor();
    assert.equal(await failed.locator(".text").textContent(), "a-b");
    assert.deepEqual(await page.locator(".message.pending .text").allTextContents(), ["without an echo"]);
  });

  test("show that the server could not store them, and wait until it can", async () => {
    const ann = await visit(lobby.browser);
    const page = await ann.open(lobby.room("no space"));
    await connected(page);
    const database = path.join(lobby.folder, "lobby.sqlite");
    await rename(database, `${database}.away`);
    await say(page, "kept in the page");
    const waiting = page.locator(".message.pending");
    await waiting.getByText(/^The server could not store this\. .* This will be sent in \d+ s\.$/).waitFor();
    assert.equal(await waiting.locator(".text").textContent(), "kept in the page");
    await page.locator("#my-name").click();
    await page.fill("#nickname-input", "Ann");
    await page.press("#nickname-input", "Enter");
    await page.locator("#nickname-error").getByText("The server could not store this.").waitFor();
    await page.keyboard.press("Escape");

    await rename(`${database}.away`, database);
    await seen(page, "kept in the page");
    await whenIdle(page);
    assert.deepEqual(await lines(page), ["kept in the page"]);
    assert.deepEqual(ann.problems, []);
  });

  /** Opens a page whose clock the test controls. */
  async function openWithClock(room: string): Promise<{ readonly page: Page; readonly wire: Wire }> {
    const ann = await visit(lobby.browser);
    const wire = await Wire.of(ann.context);
    await ann.context.clock.install();
    const page = await ann.open(lobby.room(room));
    await connected(page);
    await page.clock.pauseAt(Date.now() + 60_000);
    return { page, wire };
  }
});

/** Waits until no message is pending or failed. */
async function whenIdle(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector(".message.pending, .message.failed") === null);
}

/** Requests the answer of the server now. Returns a function that passes it to the page. */
async function fetchAnswer(route: Route): Promise<() => Promise<void>> {
  const response = await route.fetch();
  return () => route.fulfill({ response });
}
