import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAddress, parseNode } from "../src/addresses.ts";

const ADDRESSES: readonly (readonly [string, string])[] = [
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8::7", "2001:db8::7"],
  ["2001:DB8:0:0:0:0:0:7", "2001:db8::7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::FFFF:203.0.113.7", "203.0.113.7"],
  ["::ffff:cb00:7107", "203.0.113.7"],
  ["0:0:0:0:0:ffff:cb00:7107", "203.0.113.7"],
  ["fe80::1%eth0", "fe80::1"],
];

const NOT_ADDRESSES = [
  "",
  "unknown",
  "_hidden",
  "203.0.113",
  "203.0.113.256",
  "203.0.113.007",
  "::g",
  "localhost",
  "unix:",
];

describe("An address", () => {
  for (const [text, address] of ADDRESSES) {
    test(`${text} is ${address}`, () => assert.equal(parseAddress(text), address));
  }

  for (const text of [...NOT_ADDRESSES, "203.0.113.7:80", "[::1]", " 203.0.113.7"]) {
    test(`cannot be ${JSON.stringify(text)}`, () => assert.equal(parseAddress(text), undefined));
  }
});

describe("The node of a forwarded header", () => {
  for (const [text, address] of [
    ...ADDRESSES,
    ["203.0.113.7:51234", "203.0.113.7"],
    ["203.0.113.7:_hidden", "203.0.113.7"],
    ["[2001:db8::7]", "2001:db8::7"],
    ["[2001:db8::7]:443", "2001:db8::7"],
    ["[2001:DB8::7]:_hidden", "2001:db8::7"],
    ["[::ffff:203.0.113.7]:443", "203.0.113.7"],
    ["[::ffff:cb00:7107]:443", "203.0.113.7"],
    ["[fe80::1%eth0]:443", "fe80::1"],
    // Without brackets, the port looks like the last group.
    ["2001:db8::7:443", "2001:db8::7:443"],
  ] as const) {
    test(`${text} is ${address}`, () => assert.equal(parseNode(text), address));
  }

  for (const text of [
    ...NOT_ADDRESSES,
    "unknown:443",
    "_hidden:443",
    "203.0.113.7:",
    "203.0.113.7:123456",
    "203.0.113.7:http",
    "203.0.113.7:443:443",
    "203.0.113.7/32",
    "[2001:db8::7",
    "[2001:db8::7]443",
    "[2001:db8::7]:",
    "[]:443",
    '"203.0.113.7"',
  ]) {
    test(`has no address in ${JSON.stringify(text)}`, () => assert.equal(parseNode(text), undefined));
  }
});
