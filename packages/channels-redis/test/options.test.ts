import assert from "node:assert/strict";
import { test } from "node:test";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { resolveOptions } from "../src/options.ts";
import { connectLayer, startRedis } from "./support/redis-layers.ts";

test("Errors of hooks are logged to the console", (t) => {
  const lines: unknown[][] = [];
  t.mock.method(console, "error", (...line: unknown[]) => lines.push(line));
  const failure = new Error("the log is full");
  const fail = (): never => {
    throw failure;
  };
  const { onDrop } = resolveOptions({ onDrop: fail });
  onDrop?.({ reason: "full", messageType: "note", group: undefined });
  assert.deepEqual(lines, [["onDrop failed:", failure]]);
});

for (const [options, sentence] of [
  [{ prefix: "" }, /^Expected `prefix` to be non-empty text without "!", got ""\.$/],
  [{ prefix: 5 } as object, /`prefix` .+ got `5`\.$/],
  [{ url: 5 } as object, /^Expected `url` to begin with redis:\/\/ or rediss:\/\/, got `5`\.$/],
  [{ onGap: 5 } as object, /^RedisChannelLayer has no option `onGap`, only `url`, .+`onDrop`\.$/],
  [{ onDrop: 0 } as object, /^Expected `onDrop` to be a function, got `0`\.$/],
  [null as unknown as object, /^RedisChannelLayer takes its options as an object, got `null`\.$/],
  [{ prefix: "a!b" }, /got "a!b"/],
  [{ prefix: "\ud83d" }, /Expected `prefix`/],
  [{ url: "http://127.0.0.1" }, /^Expected `url` to begin with redis:\/\/ or rediss:\/\/, got "http:\/\/"\.$/],
  [{ url: "user:secret@127.0.0.1:6379" }, /begin with redis:\/\/ or rediss:\/\/, got text without a scheme\.$/],
  [{ url: "redis://user:sec/ret@127.0.0.1" }, /^(?!.*sec).+ got text that is not a URL\.$/],
  [{ url: "redis://user:12/secret?more@127.0.0.1" }, /^(?!.*secret).+ got a path with "@"; /],
  [
    { url: "redis://user:12/secret@127.0.0.1" },
    /^(?!.*secret).+ got a path with "@"; write "\/" in a password as %2F\.$/,
  ],
  [
    { url: "redis://:secret@127.0.0.1/sessions" },
    /^(?!.*secret)Expected `url` to end with the port or the number of a database, such as redis:\/\/127\.0\.0\.1:6379\/1, got "\/sessions"\.$/,
  ],
  [{ capacity: 0 }, /^Expected `capacity` to be an integer from 1 up, got `0`\.$/],
  [{ timeoutMs: Number.NaN }, /`timeoutMs`.+got `NaN`/],
  ...["expiryMs", "leaseMs", "timeoutMs"].map(
    (name) => [{ [name]: 2 ** 31 }, new RegExp(`\`${name}\` .+ from 1 to 2147483647, got \`2147483648\``)] as const,
  ),
  [{ maxMessageBytes: 1.5 }, /`maxMessageBytes`.+got `1.5`/],
  [{ capcity: 5 } as object, /^RedisChannelLayer has no option `capcity`, only `url`, `prefix`, `capacity`, /],
] as const) {
  test(`${JSON.stringify(options)} is refused`, async () => {
    await assert.rejects(RedisChannelLayer.connect(options), (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, "CHANNELS_CONFIGURATION");
      assert.match(error.message, sentence);
      return true;
    });
  });
}

test("The database is the number in the URL, or 0", () => {
  const url = "redis://user:password@redis.example:6380";
  assert.deepEqual(
    [url, `${url}/`, `${url}/7`].map((address) => resolveOptions({ url: address }).address.database),
    [0, 0, 7],
  );
});

test("A listener of gaps that is no function is refused", async (t) => {
  const { layer } = await connectLayer(t, await startRedis(t));
  assert.throws(() => layer.onGap(5 as never), {
    code: "CHANNELS_CONFIGURATION",
    message: "Expected `onGap` to be a function, got `5`.",
  });
});
