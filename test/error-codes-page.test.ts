/**
 * Error codes are permanent, because programs compare them. `UNCHANGED` and `RENAMED` list the codes of commit 9a880e0.
 * Nobody may rename or remove a code from now on. Add new codes to `ADDED`.
 */
import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ERROR_PAGE, errorPage } from "../scripts/error-codes-page.ts";
import { ROOT } from "./support/repository.ts";

const RENAMED: Readonly<Record<string, string>> = {
  CHANNELS_HANDSHAKE_UNDECIDED: "CHANNELS_HANDSHAKE_NOT_ANSWERED",
  CHANNELS_WORKER_DEAF: "CHANNELS_WORKER_DISCONNECTED",
};

const UNCHANGED: readonly string[] = [
  "CHANNELS_BODY_TOO_LARGE",
  "CHANNELS_CHANNEL_FULL",
  "CHANNELS_COMMUNICATOR_MISMATCH",
  "CHANNELS_COMMUNICATOR_TIMEOUT",
  "CHANNELS_CONFIGURATION",
  "CHANNELS_EVENT_LOOP_BLOCKED",
  "CHANNELS_HANDSHAKE_ANSWERED",
  "CHANNELS_INVALID_CLOSE",
  "CHANNELS_INVALID_EVENT",
  "CHANNELS_INVALID_INPUT",
  "CHANNELS_INVALID_JSON",
  "CHANNELS_INVALID_MESSAGE",
  "CHANNELS_INVALID_NAME",
  "CHANNELS_LAYER_CLOSED",
  "CHANNELS_LAYER_UNAVAILABLE",
  "CHANNELS_MALFORMED_PATH",
  "CHANNELS_MESSAGE_DENIED",
  "CHANNELS_MESSAGE_TOO_LARGE",
  "CHANNELS_NOT_JSON",
  "CHANNELS_NO_HANDLER",
  "CHANNELS_ORIGIN_REFUSED",
  "CHANNELS_REDIS_DENIED",
  "CHANNELS_REDIS_MODE",
  "CHANNELS_REDIS_OUT_OF_MEMORY",
  "CHANNELS_REDIS_OVERLOADED",
  "CHANNELS_REDIS_READ_ONLY",
  "CHANNELS_REDIS_TLS",
  "CHANNELS_REDIS_UNAVAILABLE",
  "CHANNELS_REDIS_VERSION",
  "CHANNELS_SERVER_CLOSING",
  "CHANNELS_SESSION_TOO_LATE",
  "CHANNELS_TEXT_EXPECTED",
  "CHANNELS_WORKER_RECOVERED",
  "LOBBY_CANNOT_LISTEN",
  "LOBBY_DATABASE_FILE",
  "LOBBY_DATABASE_NEWER",
  "LOBBY_DATA_FOLDER",
  "LOBBY_DATA_FOLDER_IN_USE",
  "LOBBY_INVALID_SETTING",
  "LOBBY_LOCK_FILE",
  "LOBBY_MESSAGE_CHARACTERS",
  "LOBBY_MESSAGE_EMPTY",
  "LOBBY_MESSAGE_TOO_LONG",
  "LOBBY_MIGRATION_NAME",
  "LOBBY_NICKNAME_CHARACTERS",
  "LOBBY_NICKNAME_EMPTY",
  "LOBBY_NICKNAME_TOO_LONG",
  "LOBBY_ROOM_NAME_CHARACTERS",
  "LOBBY_ROOM_NAME_EMPTY",
  "LOBBY_ROOM_NAME_TOO_LONG",
  "LOBBY_SECRET",
  "LOBBY_UNKNOWN_COMMAND",
  "LOBBY_UNKNOWN_FLAG",
  "LOBBY_UNKNOWN_VARIABLE",
  "LOBBY_UNSUPPORTED_SETTING",
  "LOBBY_WEB_NOT_BUILT",
];

const ADDED: readonly string[] = [
  "CHANNELS_UNTRUSTED_PROXY",
  "LOBBY_CANNOT_PRINT",
  "CHANNELS_REDIS_CLIENT_LIMIT",
  "CHANNELS_REDIS_DATABASE",
  "CHANNELS_REDIS_SENTINEL",
  "LOBBY_MESSAGE_MARKS",
  "LOBBY_NICKNAME_INVISIBLE",
  "LOBBY_NICKNAME_MARKS",
  "LOBBY_NICKNAME_RESERVED",
  "LOBBY_NOT_READABLE",
  "CHANNELS_BROKEN_BODY",
  "LOBBY_NOT_STORED",
  "LOBBY_ROOM_NAME_CONFUSABLE",
  "LOBBY_ROOM_NAME_INVISIBLE",
  "LOBBY_ROOM_NAME_MARKS",
  "LOBBY_SERVER_BUSY",
  "LOBBY_TOO_FAST",
  "LOBBY_TOO_MANY_CONNECTIONS",
  "LOBBY_TOO_MANY_GUESTS",
  "LOBBY_TOO_MANY_ROOMS",
];

/** Environment variables, which look like codes. */
const VARIABLES: readonly string[] = [
  "LOBBY_DATA",
  "LOBBY_HOST",
  "LOBBY_LIMITS",
  "LOBBY_LIMITS_EXEMPT",
  "LOBBY_PORT",
  "LOBBY_PUBLIC_URL",
  "LOBBY_TRUST_PROXY",
];

test("docs/errors.md is up to date with the docstrings of the sources", async () => {
  const page = await readFile(join(ROOT, ERROR_PAGE), "utf8");
  assert.equal(page, await errorPage(), "Run `npm run describe`.");
});

test("docs/errors.md explains each code of the sources once", async () => {
  const page = await readFile(join(ROOT, ERROR_PAGE), "utf8");
  const explained = [...page.matchAll(/^### (\S+)\n\n\S/gm)].map(([, code]) => code as string);
  assert.deepEqual(explained.toSorted(), [...UNCHANGED, ...Object.values(RENAMED), ...ADDED].toSorted());
});

test("the sources have every listed code and no other", async () => {
  const found = new Set<string>();
  for await (const file of glob("{packages,apps}/*/src/**/*.{ts,tsx}", { cwd: ROOT })) {
    const source = await readFile(join(ROOT, file), "utf8");
    for (const [code] of source.matchAll(/\b(?:CHANNELS|LOBBY)_[A-Z_]*[A-Z]\b/g)) found.add(code);
  }
  const expected = [...UNCHANGED, ...Object.values(RENAMED), ...ADDED, ...VARIABLES];
  assert.deepEqual([...found].toSorted(), expected.toSorted());
});

test("no code is listed twice", () => {
  const listed = [...UNCHANGED, ...Object.entries(RENAMED).flat(), ...ADDED];
  assert.equal(new Set(listed).size, listed.length);
});
