import assert from "node:assert/strict";
import { test } from "node:test";
import { isPrivateNetwork } from "../src/private-networks.ts";

const PRIVATE = ["", "127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"];
const ALSO_PRIVATE = ["169.254.169.254", "100.64.0.1", "100.127.255.255", "::1", "fd00::1", "fcff::", "fe80::1"];
const PUBLIC = [
  "8.8.8.8",
  "172.32.0.1",
  "172.15.255.255",
  "100.128.0.1",
  "192.169.0.1",
  "2001:db8::1",
  "fec0::1",
  "::2",
];

for (const address of [...PRIVATE, ...ALSO_PRIVATE]) {
  test(`${JSON.stringify(address)} is in a private network`, () => assert.equal(isPrivateNetwork(address), true));
}

for (const address of PUBLIC) {
  test(`${address} is on the internet`, () => assert.equal(isPrivateNetwork(address), false));
}
