import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { visit } from "../support/browser.ts";
import { LobbyInBrowser } from "../support/lobby-in-browser.ts";
import { numbered, sayAll } from "../support/room-client.ts";
import { connected, lines, say, seen } from "../support/page-actions.ts";
import { Wire } from "../support/wire.ts";

describe("A server that restarts", () => {
  const lobby = new LobbyInBrowser("--limits", "off");

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    test(`keeps messages and identities, and pages reconnect automatically (${signal})`, async () => {
      const [ann, bob] = await Promise.all([visit(lobby.browser), visit(lobby.browser)]);
      const url = `${lobby.server.origin}/chat/restart-${signal}/`;
      const [hers, his] = await Promise.all([ann.open(url), bob.open(url)]);
      await say(hers, "before");
      await seen(his, "before");
      const name = await hers.locator("#my-name").textContent();
      await lobby.restart(signal);
      await Promise.all([connected(hers), connected(his)]);
      await say(his, "after");
      await seen(hers, "after");
      assert.deepEqual(await lines(hers), ["before", "after"]);
      await hers.reload();
      assert.deepEqual(await lines(hers), ["before", "after"]);
      assert.equal(await hers.locator("#my-name").textContent(), name);
      assert.equal(await hers.locator(".message.mine").count(), 1);
      assert.deepEqual([...ann.problems, ...bob.problems], []);
    });
  }

  test("receives messages that were written without a connection, once and in order", async () => {
    const page = await (await visit(lobby.browser)).open(`${lobby.server.origin}/chat/offline/`);
    await say(page, "one");
    await seen(page, "one");
    await lobby.restart("SIGTERM", async () => {
      await page.locator("#connection").getByText("The connection was lost").waitFor();
      await say(page, "two");
      await say(page, "three");
      assert.equal(await page.locator(".message.pending").count(), 2);
    });
    await seen(page, "three");
    assert.deepEqual(await lines(page), ["one", "two", "three"]);
    assert.equal(await page.locator(".message.pending, .message.failed").count(), 0);
  });

  test("leaves unsent messages in a page, which asks before it closes; a draft survives a reload", async () => {
    const page = await (await visit(lobby.browser)).open(`${lobby.server.origin}/chat/unsent/`);
    await page.fill("#chat-message-input", "half a line");
    await page.reload();
    assert.equal(await page.inputValue("#chat-message-input"), "half a line");
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await lobby.restart("SIGTERM", async () => {
      await page.locator("#connection").getByText("The connection was lost").waitFor();
      await say(page, "unsent");
      await page.close({ runBeforeUnload: true });
      await page.locator(".message.pending").waitFor();
    });
    await seen(page, "unsent");
    assert.deepEqual(asked, ["beforeunload"]);
  });

  test("delivers missed messages, and a line marks those that a page does not show", async () => {
    const page = await (await visit(lobby.browser)).open(lobby.room("missed"));
    await say(page, "old");
    await seen(page, "old");
    await lobby.restart("SIGTERM", async () => {
      // At another address, to which this page is not connected.
      await lobby.elsewhere((origin) => sayAll(origin, "missed", numbered("missed", 120)));
    });
    await seen(page, "missed 120");
    const shown = await page
      .locator(".message[data-seq]")
      .evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset["seq"])));
    assert.deepEqual(shown, [1, ...Array.from({ length: 50 }, (_, index) => index + 72)]);
    const marks = page.getByText("Some messages between these are not shown", { exact: true });
    assert.equal(await marks.count(), 1);
    assert.equal(await page.locator(".gap + .message").getAttribute("data-seq"), "72");
  });

  for (const [code, cause, earliestMs] of [
    [1012, "a restart", 3_600],
    [1006, "a lost network", 270],
  ] as const) {
    test(`lets a page reconnect after the delay for ${cause} (${code})`, async () => {
      const ann = await visit(lobby.browser);
      const wire = await Wire.of(ann.context);
      await ann.context.clock.install();
      await ann.context.addInitScript(() => {
        Math.random = () => 0.9;
      });
      const page = await ann.open(lobby.room(`schedule ${code}`));
      await connected(page);
      await page.clock.pauseAt(Date.now() + 60_000);
      await wire.cut(code);
      await page.locator("#connection").getByText("The connection was lost").waitFor();
      await page.clock.runFor(earliestMs - 1);
      assert.equal(wire.connections, 1);
      await page.clock.runFor(1);
      wire.mend();
      await connected(page);
      assert.equal(wire.connections, 2);
    });
  }

  for (const [missed, shown, gaps] of [
    [20, 20, 0],
    [120, 50, 1],
  ] as const)
    test(`shows ${shown} of ${missed} missed messages in their place when a later one arrives first`, async () => {
      const ann = await visit(lobby.browser);
      const wire = await Wire.of(ann.context);
      const room = `hole ${missed}`;
      const url = lobby.room(room);
      const page = await ann.open(url);
      await say(page, "old");
      await seen(page, "old");
      await connected(page);
      await wire.cut();
      await sayAll(lobby.server.origin, room, numbered("missed", missed));
      const held = Promise.withResolvers<() => Promise<void>>();
      await page.route(url, async (route) => {
        const response = await route.fetch();
        held.resolve(() => route.fulfill({ response }));
      });
      wire.mend();
      const release = await held.promise;
      await sayAll(lobby.server.origin, room, ["live"]);
      await seen(page, "live");
      await release();
      await seen(page, `missed ${missed}`);
      assert.deepEqual(await lines(page), ["old", ...numbered("missed", missed).slice(-shown), "live"]);
      assert.equal(await page.locator(".gap").count(), gaps);
    });
});
