import assert from "node:assert/strict";
import { test } from "node:test";
import { protocolRouter, type ConsumerReport } from "@lobby/channels";
import { serve } from "../src/index.ts";
import { refused } from "./support/wire-client.ts";

test("a refused origin is warned of once, with what is allowed and what to do", async (t) => {
  const reports: ConsumerReport[] = [];
  await using server = await serve(protocolRouter({}), {
    listen: { port: 0 },
    allowedOrigins: ["https://chat.example"],
    onReport: (report) => reports.push(report),
  });
  for (const origin of ["https://evil.example", "https://evil.example", "https://other.example"]) {
    assert.equal((await refused(t, `${server.webSocketUrl}/`, { headers: { Origin: origin } })).status, 403);
  }
  assert.deepEqual(
    reports.map(({ level, error }) => [level, (error as { code?: string }).code]),
    [
      ["warning", "CHANNELS_ORIGIN_REFUSED"],
      ["warning", "CHANNELS_ORIGIN_REFUSED"],
    ],
  );
  assert.match(String(reports[0]?.error), /"https:\/\/evil\.example" may not .+ allowed: https:\/\/chat\.example\./);
});

test("strangers cannot fill the log: no more than a hundred origins are warned of", async (t) => {
  const reports: ConsumerReport[] = [];
  await using server = await serve(protocolRouter({}), {
    listen: { port: 0 },
    onReport: (report) => reports.push(report),
  });
  const url = `${server.webSocketUrl}/`;
  for (let count = 0; count < 120; count += 1) {
    const Origin = `https://evil-${count}.example`;
    assert.equal((await refused(t, url, { headers: { Origin } })).status, 403);
  }
  assert.equal(reports.length, 100);
});
