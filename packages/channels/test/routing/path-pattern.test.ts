import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigurationError } from "@lobby/channels/layers";
import { decodePathSegment, include, MalformedPathError, route, urlRouter } from "@lobby/channels";
import { requestApplication } from "@lobby/channels/testing";
import { cpuGrowth } from "@lobby/test-support/cpu-growth";
import { PathPattern } from "../../src/routing/path-pattern.ts";
import { answer, showParams } from "../support/applications.ts";

const rooms = urlRouter([route("/chat/:room/", showParams)]);

async function roomAt(path: string): Promise<unknown> {
  const response = await requestApplication(rooms, path);
  return response.status === 200 ? ((await response.json()) as { readonly room: string }).room : response.status;
}

describe("a parameter", () => {
  for (const [path, room] of [
    ["/chat/lobby/", "lobby"],
    ["/chat/로비/", "로비"],
    ["/chat/%EB%A1%9C%EB%B9%84/", "로비"],
    ["/chat/%eb%a1%9c%eb%b9%84/", "로비"],
    ["/chat/😀/", "😀"],
    ["/chat/two words/", "two words"],
    ["/chat/two%20words/", "two words"],
    ["/chat/a+b/", "a+b"],
    ["/chat/a-b/", "a-b"],
    ["/chat/a%2Fb/", "a/b"],
    ["/chat/100%25/", "100%"],
    ["/chat/%00/", "\0"],
    ["/chat/:room/", ":room"],
    ["/chat/__proto__/", "__proto__"],
    ["/chat//", ""],
  ] as const) {
    test(`of ${path} is ${JSON.stringify(room)}`, async () => {
      assert.equal(await roomAt(path), room);
    });
  }

  for (const [path, room] of [
    ["/chat/50%/", "50%"],
    ["/chat/%/", "%"],
    ["/chat/%zz/", "%zz"],
    ["/chat/%E/", "%E"],
    ["/chat/100%%20sure/", "100% sure"],
  ] as const) {
    test(`keeps the stray percent sign of ${path}`, async () => {
      assert.equal(await roomAt(path), room);
    });
  }

  for (const [path, flaw] of [
    ["/chat/%ff/", "a byte that is never UTF-8"],
    ["/chat/%EB%A1/", "a character cut short"],
    ["/chat/%C0%AF/", "an overlong slash"],
    ["/chat/%ED%A0%80/", "a lone surrogate"],
  ] as const) {
    test(`with ${flaw} is answered with 400`, async () => {
      assert.equal(await roomAt(path), 400);
      assert.throws(() => decodePathSegment(path.split("/")[2] ?? ""), MalformedPathError);
    });
  }

  test("takes exactly one segment", async () => {
    assert.equal(await roomAt("/chat/"), 404);
    assert.equal(await roomAt("/chat/a/b/"), 404);
  });

  test("does not include the query", async () => {
    assert.equal(await roomAt("/chat/lobby/?room=other"), "lobby");
  });
});

describe("a literal segment", () => {
  test("with a slash at the end does not match without it", async () => {
    assert.equal(await roomAt("/chat/lobby"), 404);
  });

  test("in Korean matches the encoded path that browsers send", async () => {
    const router = urlRouter([route("/설정/:name/", showParams)]);
    const response = await requestApplication(router, "/설정/language/");
    assert.deepEqual(await response.json(), { name: "language" });
  });

  test("matches a path whose letters the client escapes", async () => {
    assert.equal(await roomAt("/ch%61t/lobby/"), "lobby");
  });

  test("in encoded form matches the same path", async () => {
    const router = urlRouter([route("/two%20words/", answer("found"))]);
    assert.equal((await requestApplication(router, "/two words/")).status, 200);
  });

  test("does not end at an escaped slash", async () => {
    assert.equal(await roomAt("/chat%2Flobby/"), 404);
  });

  test("distinguishes upper and lower case", async () => {
    assert.equal(await roomAt("/Chat/lobby/"), 404);
  });
});

describe("a pattern", () => {
  for (const [path, flaw] of [
    ["chat/:room/", "does not begin with a slash"],
    ["", "is empty"],
    ["/chat/:/", "has a parameter without a name"],
    ["/:room/:room/", "names two parameters alike"],
  ] as const) {
    test(`that ${flaw} throws at the route`, () => {
      assert.throws(() => route(path, showParams), ConfigurationError);
    });
  }

  for (const [path, part] of [
    ["/x/:a(\\d+)/", ":a(\\d+)"],
    ["/x/:a?/", ":a?"],
    ["/x/:a+", ":a+"],
    ["/x/:a*", ":a*"],
    ["/files/*", "*"],
    ["/files/:file.png", ":file.png"],
    ["/x/{id}/", "{id}"],
    ["/x/<str:id>/", "<str:id>"],
    ["/x/[id]/", "[id]"],
    ["/x/(a|b)/", "(a|b)"],
    ["/x/\\d+/", "\\d+"],
    ["/x?y", "x?y"],
    ["/x#y", "x#y"],
    ["/x/:1/", ":1"],
    ["/x/:a-b/", ":a-b"],
  ] as const) {
    test(`of another framework, ${path}, throws, and the error lists the valid forms`, () => {
      assert.throws(() => route(path, showParams), {
        code: "CHANNELS_CONFIGURATION",
        message:
          `Expected each part of ${JSON.stringify(path)} to be text or a parameter such as ":name", ` +
          `got ${JSON.stringify(part)}. Wildcards, optional parts, types and regular expressions are not supported: ` +
          "write a route for each form, and check a parameter where you use it.",
      });
    });
  }

  for (const [path, asked, params] of [
    ["/방/:방_1/", "/방/로비/", { 방_1: "로비" }],
    ["/:_/:$a/", "/1/2/", { _: "1", $a: "2" }],
    ["/two%20words/50%/", "/two%20words/50%/", {}],
    ["/v1/messages:send", "/v1/messages:send", {}],
    ["/a.b-c~d!e'f,g;h=i@j&k+l$m/", "/a.b-c~d!e'f,g;h=i@j&k+l$m/", {}],
    ["/😀 |^`/", "/😀 |^`/", {}],
  ] as const) {
    test(`may be ${path}`, async () => {
      const response = await requestApplication(urlRouter([route(path, showParams)]), asked);
      assert.deepEqual(await response.json(), params);
    });
  }

  test("of an include ends in a slash", () => {
    assert.throws(() => include("/chat", rooms), /Expected the path of an include to end in "\/", got "\/chat"\./);
  });
});

test("the time to match a path grows with its length, for every kind of path", () => {
  const patterns = ["/chat/:room/", "/chat/"].map((path) => new PathPattern(path));
  for (const unit of ["a", "/", "%", "%41", "/%41", "/a", "%CC%81"]) {
    const path = (length: number): string => `/chat/${unit.repeat(length / unit.length)}/`;
    const growth = cpuGrowth(16_384, path, (value) => {
      for (const pattern of patterns) for (const prefix of [true, false]) pattern.match(value, prefix);
    });
    assert.ok(growth <= 6, `The match takes ${growth} times as long for ${JSON.stringify(unit)}`);
  }
});
