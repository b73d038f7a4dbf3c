/** Which pages may open an event stream and send to it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer } from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { EventStreamClient } from "../support/event-stream-client.ts";
import { Recorder } from "../support/recorder.ts";

const ELSEWHERE = "https://elsewhere.example";

function fromPage(origin: string): { readonly Origin: string } {
  return { Origin: origin };
}

describe("a page of another origin", () => {
  test("can neither open a connection, nor send to one, nor close one, nor ask whether it may", async () => {
    const log: string[] = [];
    const client = await EventStreamClient.open(eventStream(consumer(Recorder, log)));
    for (const origin of [ELSEWHERE, "https://testserver.example", "http://testserver:8000", "null", "rubbish"]) {
      const page = client.peer({ headers: fromPage(origin) });
      assert.equal((await page.ask()).status, 403, origin);
      assert.equal(await page.send("hello"), 403, origin);
      assert.equal(await page.close(), 403, origin);
      const preflight = await page.request("OPTIONS", {});
      assert.equal(preflight.status, 403, origin);
      assert.equal(preflight.headers.get("access-control-allow-origin"), null);
    }
    assert.deepEqual(log, ["connect"]);
    client.leave();
  });

  test("cannot open one by a request that does not say where it is from", async () => {
    const client = new EventStreamClient(eventStream(consumer(Recorder, [])));
    assert.equal((await client.ask({ "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site" })).status, 403);
  });

  test("can when it is allowed, and is told so as CORS wants it", async () => {
    const log: string[] = [];
    const application = eventStream(consumer(Recorder, log), { allowedOrigins: [ELSEWHERE] });
    const client = await EventStreamClient.open(application, { headers: fromPage(ELSEWHERE) });
    assert.equal(await client.send("hello"), 204);
    assert.deepEqual(log, ["connect", "receive hello"]);
    const preflight = await client.request("OPTIONS", {});
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-methods"), "POST, DELETE");
    assert.equal(preflight.headers.get("access-control-allow-headers"), "Content-Type, Connection-Id");
    client.id = "unknown";
    const answers = [await client.ask(), preflight, await client.request("DELETE", { "Connection-Id": "unknown" })];
    for (const { headers } of answers) {
      assert.equal(headers.get("access-control-allow-origin"), ELSEWHERE);
      assert.equal(headers.get("access-control-allow-credentials"), "true");
      assert.equal(headers.get("vary"), "Origin");
    }
    client.leave();
  });

  test("can without credentials when every page may", async () => {
    const client = new EventStreamClient(eventStream(consumer(Recorder, []), { allowedOrigins: "any" }));
    const { status, headers } = await client.ask(fromPage(ELSEWHERE));
    assert.equal(status, 200);
    assert.equal(headers.get("access-control-allow-origin"), "*");
    assert.equal(headers.get("access-control-allow-credentials"), null);
    client.leave();
  });
});

test("a page of the same origin, and a client that is no page, can do all", async () => {
  const application = eventStream(consumer(Recorder, []));
  for (const headers of [fromPage("http://testserver"), {}]) {
    const client = await EventStreamClient.open(application, { headers });
    assert.equal(await client.send("hello"), 204);
    assert.equal(await client.close(), 204);
  }
});
