import assert from "node:assert/strict";
import { test } from "node:test";
import { cookies, Signer, stack, type ConsumerReport } from "@lobby/channels";
import { requestApplication } from "@lobby/channels/testing";
import { createApp } from "../../src/http/app.ts";
import { loadClientFiles } from "../../src/http/client-files.ts";
import { OPEN_GATE } from "../../src/limits/gate.ts";
import { phrasesIn } from "../../src/locale/languages.ts";
import { People } from "../../src/people/people.ts";
import { Rooms } from "../../src/rooms/rooms.ts";
import { requireHost } from "../../src/visitors/require-host.ts";
import { GuestCookie } from "../../src/visitors/guest-cookie.ts";
import { visitors } from "../../src/visitors/visitor.ts";
import { textsOf } from "../support/html.ts";
import { MemoryStore } from "../support/memory-store.ts";

const CLOCK = { nowMs: () => 0 };

test("an error that a retry can solve gets a page with status 503, and a warning", async () => {
  const store = new MemoryStore();
  const outage = Object.assign(new Error("The store is unavailable."), { isRetryable: true });
  store.recentRooms = () => Promise.reject(outage);
  const app = createApp({
    rooms: new Rooms(store, { entryAppended: async () => undefined }, CLOCK),
    gate: OPEN_GATE,
    people: new People(store, CLOCK),
    files: await loadClientFiles(),
    allowedOrigins: "same-origin",
    publicUrl: undefined,
    checkHost: requireHost(undefined, new Set(["testserver"])),
    checkReadiness: async () => undefined,
  });
  const signer = new Signer(new Uint8Array(32));
  const withVisitor = stack(
    cookies(),
    visitors({ guestCookie: new GuestCookie({ signer, folderTag: "a1" }), clock: CLOCK, isAlwaysSecure: false }),
  );
  const reports: ConsumerReport[] = [];
  const response = await requestApplication(withVisitor(app), "/chat/", {
    headers: { "Accept-Language": "ko" },
    server: {
      closing: new AbortController().signal,
      waitUntil: () => undefined,
      report: (report) => void reports.push(report),
    },
  });
  assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "1"]);
  const { errors } = phrasesIn("ko");
  const html = await response.text();
  assert.deepEqual(textsOf(html, /h1>/), [errors.failedTitle]);
  assert.ok(textsOf(html, /p>/).includes(errors.failed));
  assert.deepEqual(reports, [{ level: "warning", source: "http", operation: "GET /chat/", error: outage }]);
});
