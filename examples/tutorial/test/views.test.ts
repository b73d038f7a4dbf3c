import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { requestApplication } from "@lobby/channels/testing";
import { application } from "../mysite/application.ts";

const TEMPLATE = await readFile(new URL("../chat/templates/room.html", import.meta.url), "utf8");

/** Requests a page of the application. */
async function get(path: string): Promise<{ status: number; type: string | null; page: string }> {
  const response = await requestApplication(application, path);
  return { status: response.status, type: response.headers.get("content-type"), page: await response.text() };
}

describe("The index page", () => {
  test("asks for the name of a room", async () => {
    const { status, type, page } = await get("/chat/");

    assert.equal(status, 200);
    assert.equal(type, "text/html; charset=utf-8");
    assert.match(page, /What chat room would you like to enter\?/);
    assert.match(page, /<input id="room-name-input" type="text" size="100" autofocus\/>/);
    assert.match(page, /<input id="room-name-submit" type="button" value="Enter"\/>/);
  });
});

describe("The room page", () => {
  test("equals the page of the original tutorial, byte for byte", () => {
    const digest = createHash("sha256").update(TEMPLATE).digest("hex");
    assert.equal(digest, "e18bc505a5108c9f8ad513bb1e7b363ba7fe63748a8e6b2fa4435d0cd77bd23d");
  });

  for (const room of ["lobby", "로비", "a?b#c%41/d\\e", "</script><!--", "'\"`${}", "$&", "\u2028\u2029", "{{ x }}"]) {
    test(`opens the socket of the room ${JSON.stringify(room)}, whose name cannot end the script`, async () => {
      const { status, type, page } = await get(`/chat/${encodeURIComponent(room)}/`);

      assert.equal(status, 200);
      assert.equal(type, "text/html; charset=utf-8");
      const [before = "", after = ""] = TEMPLATE.split("{{ room_name_json }}");
      assert.ok(page.startsWith(before) && page.endsWith(after));
      const json = page.slice(before.length, page.length - after.length);
      assert.doesNotMatch(json, /[<>&\u2028\u2029]/);
      const roomName: unknown = JSON.parse(json);
      const { pathname } = new URL(`ws://testserver/ws/chat/${String(roomName)}/`);
      assert.equal(pathname, `/ws/chat/${encodeURIComponent(room)}/`);
    });
  }

  test("does not exist at an address without the final slash", async () => {
    assert.equal((await get("/chat/lobby")).status, 404);
  });
});
