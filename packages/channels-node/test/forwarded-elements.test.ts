import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { elementsFromEnd } from "../src/forwarded-elements.ts";

type Elements = (Readonly<Record<string, string>> | undefined)[];

function read(header: string): Elements {
  return [...elementsFromEnd(header)].map((element) => element && Object.fromEntries(element));
}

describe("The elements of Forwarded, from its end", () => {
  for (const [title, header, expected] of [
    [
      "have parameters",
      "for=192.0.2.60;proto=http;by=203.0.113.43",
      [{ for: "192.0.2.60", proto: "http", by: "203.0.113.43" }],
    ],
    ["have case-insensitive names", 'For="[2001:db8:cafe::17]:4711"', [{ for: "[2001:db8:cafe::17]:4711" }]],
    [
      "have commas between them",
      "for=192.0.2.43, for=198.51.100.17",
      [{ for: "198.51.100.17" }, { for: "192.0.2.43" }],
    ],
    ["may have commas and semicolons in quotes", 'for="a,b;c", for=d', [{ for: "d" }, { for: "a,b;c" }]],
    ["may have escapes in quotes", String.raw`for="a\"b\\", for="c\\\"d"`, [{ for: 'c\\"d' }, { for: 'a"b\\' }]],
    ["may have spaces around them", " for=a ; proto=https ,  for=b ", [{ for: "b" }, { for: "a", proto: "https" }]],
    ["may be empty", ",, for=a,,", [{ for: "a" }]],
    ["may end with a semicolon", "for=a;", [{ for: "a" }]],
    [
      "may have colons without quotes",
      "for=[::1]:80;host=chat.example:8080",
      [{ for: "[::1]:80", host: "chat.example:8080" }],
    ],
    ["may have empty values", 'for=;host=""', [{ for: "", host: "" }]],
    ["may be none", "", []],
    [
      "may have any name",
      "__proto__=a;constructor=b",
      [
        Object.fromEntries([
          ["__proto__", "a"],
          ["constructor", "b"],
        ]),
      ],
    ],
  ] as const) {
    test(title, () => assert.deepEqual(read(header), expected));
  }

  for (const flaw of [
    "for",
    "=a",
    "for=a b",
    "for=a;;proto=b",
    'for="a',
    'for=a"',
    'for="a"b',
    "for=a;for=b",
    "for=a;FOR=b",
    "for =a",
    "for= a",
    'for="a\\"',
  ]) {
    test(`are malformed with ${flaw}, and the later one still counts`, () => {
      assert.deepEqual(read(`${flaw}, for=last`).slice(0, 2), [{ for: "last" }, undefined]);
    });
  }

  test("cannot be hidden by an open quote of a client before them", () => {
    for (const open of ['for="', 'for="x, for=y;by="', '"', '\\"', 'for="\\']) {
      assert.deepEqual(read(`${open}, for=192.0.2.60;proto=https`)[0], { for: "192.0.2.60", proto: "https" }, open);
    }
  });
});
