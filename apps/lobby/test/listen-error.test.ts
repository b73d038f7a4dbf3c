import assert from "node:assert/strict";
import { test } from "node:test";
import { listenError } from "../src/listen-error.ts";
import { OperatorError } from "../src/operator-error.ts";

test("whatever keeps a server from listening is said with the address and what to do", () => {
  for (const [code, message] of [
    [
      "EADDRINUSE",
      "Cannot listen on ::1, port 80: it is in use. Stop whatever uses it, or choose another with --port.",
    ],
    ["EACCES", "Cannot listen on ::1, port 80: this user may not use it. Choose one above 1023 with --port."],
    ["EADDRNOTAVAIL", "Cannot listen on ::1, port 80: this machine has no such address. Choose another with --host."],
    ["ENOTFOUND", "Cannot listen on ::1, port 80: this host name leads nowhere. Choose another with --host."],
    ["EAI_AGAIN", "Cannot listen on ::1, port 80: this host name cannot be looked up. Choose another with --host."],
    ["EINVAL", "Cannot listen on ::1, port 80: nothing can listen on this address. Choose another with --host."],
    [
      "EAFNOSUPPORT",
      "Cannot listen on ::1, port 80: this machine has no addresses of this kind. Choose another with --host.",
    ],
  ] as const) {
    const shown = listenError(Object.assign(new Error("listen"), { code }), "::1", 80);
    assert.ok(shown instanceof OperatorError);
    assert.deepEqual([shown.code, shown.message], ["LOBBY_CANNOT_LISTEN", message]);
  }
});

test("an error of another kind stays what it is", () => {
  const error = new Error("A bug.");
  assert.equal(listenError(error, "::1", 80), error);
});
