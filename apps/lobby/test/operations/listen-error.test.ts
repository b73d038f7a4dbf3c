import assert from "node:assert/strict";
import { test } from "node:test";
import { listenError } from "../../src/operations/listen-error.ts";
import { OperatorError } from "../../src/shared/operator-error.ts";

test("the error for a server that cannot listen names the address, the reason and the remedy", () => {
  for (const [code, message] of [
    [
      "EADDRINUSE",
      "Cannot listen on ::1, port 80: another program uses this port. Stop that program, or choose another port with --port.",
    ],
    [
      "EACCES",
      "Cannot listen on ::1, port 80: this user has no permission for this port. Choose a port above 1023 with --port.",
    ],
    [
      "EADDRNOTAVAIL",
      "Cannot listen on ::1, port 80: this machine does not have this address. Choose another address with --host.",
    ],
    ["ENOTFOUND", "Cannot listen on ::1, port 80: this host name has no address. Choose another host with --host."],
    [
      "EAI_AGAIN",
      "Cannot listen on ::1, port 80: the lookup of this host name failed. Choose another host with --host.",
    ],
    [
      "EINVAL",
      "Cannot listen on ::1, port 80: no server can listen on this address. Choose another address with --host.",
    ],
    [
      "EAFNOSUPPORT",
      "Cannot listen on ::1, port 80: this machine does not support this kind of address. Choose another address with --host.",
    ],
  ] as const) {
    const shown = listenError(Object.assign(new Error("listen"), { code }), "::1", 80);
    assert.ok(shown instanceof OperatorError);
    assert.deepEqual([shown.code, shown.message], ["LOBBY_CANNOT_LISTEN", message]);
  }
});

test("an unknown error stays unchanged", () => {
  const error = new Error("A bug.");
  assert.equal(listenError(error, "::1", 80), error);
});
