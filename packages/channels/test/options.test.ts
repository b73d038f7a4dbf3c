import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  authStack,
  closeConnections,
  Denial,
  InMemoryChannelLayer,
  InMemorySessionStore,
  protocolRouter,
  runWorker,
  sessions,
  type CookieOptions,
} from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";

const store = new InMemorySessionStore();
const users = { loadUser: (id: string) => ({ id }) };

for (const [sentence, attempt] of [
  [
    "groupSend has no option `exept`, only `except`.",
    () => new InMemoryChannelLayer().groupSend("room", { type: "note" }, { exept: "a" } as object),
  ],
  [
    "receive has no option `sginal`, only `signal`, `onListening`, `onDeaf`.",
    () => new InMemoryChannelLayer().receive("jobs", { sginal: AbortSignal.abort() } as object),
  ],
  [
    "closeConnections has no option `status`, only `code`, `reason`.",
    () => closeConnections(new InMemoryChannelLayer(), "user:1", { status: 4403 } as object),
  ],
  [
    "protocolRouter has no option `webSocket`, only `http`, `websocket`, `channel`, `layer`.",
    () => protocolRouter({ webSocket: () => new Denial(404, "No.") } as object),
  ],
  [
    "sessions has no option `maxAge`, only `store`, `cookieName`, `maxAgeSeconds`, `cookie`.",
    () => sessions({ store, maxAge: 5 } as { store: typeof store }),
  ],
  [
    "A cookie has no option `secue`, only `maxAgeSeconds`, `path`, `domain`, `secure`, `httpOnly`, `sameSite`.",
    () => sessions({ store, cookie: { secue: true } as CookieOptions }),
  ],
  [
    "authStack has no option `user`, only `sessions`, `users`.",
    () => authStack({ sessions: { store }, users, user: users } as Parameters<typeof authStack>[0]),
  ],
  [
    "A denial has no option `header`, only `headers`, `body`, `closeCode`.",
    () => new Denial(503, "No.", { header: {} } as object),
  ],
  [
    "WebSocketCommunicator has no option `timeout`, only `headers`, `subprotocols`, `client`, `layer`, `timeoutMs`.",
    () => new WebSocketCommunicator(protocolRouter({}), "/", { timeout: 5 } as object),
  ],
  ...[0, Number.NaN, 2 ** 31].map(
    (timeoutMs) =>
      [
        `Expected \`timeoutMs\` to be an integer from 1 to 2147483647, got \`${timeoutMs}\`.`,
        () => new WebSocketCommunicator(protocolRouter({}), "/", { timeoutMs }),
      ] as const,
  ),
] as const) {
  test(`an option that nobody knows, or out of range, is refused: ${sentence}`, async () => {
    await assert.rejects(async () => attempt(), { code: "CHANNELS_CONFIGURATION", message: sentence });
  });
}

test("a worker goes on when it is closed in a way that nobody knows, or within no time", async () => {
  const handled: string[] = [];
  const channel = Object.assign(({ type }: { readonly type: string }) => void handled.push(type), {
    channels: ["jobs"],
  });
  const application = protocolRouter({ channel });
  await using worker = runWorker(application);
  for (const [options, message] of [
    [{ timeout: 5 }, "worker.close has no option `timeout`, only `timeoutMs`."],
    [{ timeoutMs: Number.NaN }, "Expected `timeoutMs` to be an integer from 1 to 2147483647, got `NaN`."],
    [{ timeoutMs: 2 ** 31 }, "Expected `timeoutMs` to be an integer from 1 to 2147483647, got `2147483648`."],
  ] as const) {
    await assert.rejects(worker.close(options as object), { code: "CHANNELS_CONFIGURATION", message });
  }
  await application.layer.send("jobs", { type: "job" });
  await nextTurn();
  assert.deepEqual(handled, ["job"]);
});
