import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "@lobby/channels";

test("an IPv4 address is its own network, also in IPv6 form", () => {
  for (const address of ["203.0.113.7", "::ffff:203.0.113.7", "::FFFF:cb00:7107", "0:0:0:0:0:ffff:203.0.113.7"]) {
    assert.equal(networkOf(address), "203.0.113.7", address);
  }
  assert.notEqual(networkOf("203.0.113.8"), networkOf("203.0.113.7"));
});

test("every spelling of every address of an IPv6 /64 gives the same network", () => {
  for (const address of [
    "2001:db8:0:1::",
    "2001:db8:0:1::1",
    "2001:DB8:0:1:ffff:ffff:ffff:ffff",
    "2001:0db8:0000:0001:0000:0000:0000:0001",
    "2001:db8::1:0:0:0:7",
    "2001:db8:0:1:2:3:198.51.100.1",
    "2001:db8:0:1::7%eth0",
  ]) {
    assert.equal(networkOf(address), "2001:db8:0:1::/64", address);
  }
});

test("different /64s, and addresses that only resemble an IPv4 address, are different networks", () => {
  const addresses = [
    "2001:db8:0:2::1",
    "2001:db8::1",
    "fe80::1%eth0",
    "::1",
    "64:ff9b::203.0.113.7",
    "::fffe:203.0.113.7",
  ];
  const networks = addresses.map(networkOf);
  assert.deepEqual(networks, [
    "2001:db8:0:2::/64",
    "2001:db8:0:0::/64",
    "fe80:0:0:0::/64",
    "0:0:0:0::/64",
    "64:ff9b:0:0::/64",
    "0:0:0:0::/64",
  ]);
});

test("any other text is unchanged", () => {
  for (const text of ["", "unknown", ":", ":::", "1:2:3", "1::2::3", "g::1", "1:2:3:4:5:6:7:8:9", "12345::"]) {
    assert.equal(networkOf(text), text);
  }
});
