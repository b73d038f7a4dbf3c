import assert from "node:assert/strict";
import { test } from "node:test";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { certificate } from "@lobby/test-support/certificate";
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
  [{ onGap: 5 } as object, /^RedisChannelLayer has no option `onGap`, only `url`, .+`onDrop`\.$/],
  [{ onDrop: 0 } as object, /^Expected `onDrop` to be a function, got `0`\.$/],
  [null as unknown as object, /^RedisChannelLayer takes its options as an object, got `null`\.$/],
  [{ prefix: "a!b" }, /got "a!b"/],
  [{ prefix: "\ud83d" }, /Expected `prefix`/],
  [{ tls: {} }, /^Expected a `url` that begins with rediss for the option `tls`, got one without TLS\.$/],
  [{ url: "unix:/run/redis.sock", tls: {} }, /^Expected a `url` that begins with rediss /],
  [{ url: "rediss://localhost", tls: true } as object, /^`tls` takes its options as an object, got `true`\.$/],
  [{ url: "rediss://localhost", tls: { host: "other" } } as object, /^`tls` has no option `host`, only `ca`, `cert`, /],
  [
    { url: "rediss://localhost", tls: { ca: "no certificate" } },
    /^Expected `tls` to have certificates and keys in PEM, /,
  ],
  [{ url: "rediss://localhost", tls: { cert: certificate, key: "no key" } }, /^Expected `tls` to have certificates /],
  [{ capacity: 0 }, /^Expected `capacity` to be an integer from 1 up, got `0`\.$/],
  [{ timeoutMs: Number.NaN }, /`timeoutMs`.+got `NaN`/],
  ...["expiryMs", "leaseMs", "timeoutMs"].map(
    (name) => [{ [name]: 2 ** 31 }, new RegExp(`\`${name}\` .+ from 1 to 2147483647, got \`2147483648\``)] as const,
  ),
  [{ maxMessageBytes: 1.5 }, /`maxMessageBytes`.+got `1.5`/],
  [{ capcity: 5 } as object, /^RedisChannelLayer has no option `capcity`, only `url`, `tls`, `prefix`, `capacity`, /],
] as const) {
  test(`${JSON.stringify(options)} is refused`, async () => {
    await assert.rejects(RedisChannelLayer.connect(options), (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, "CHANNELS_CONFIGURATION");
      assert.match(error.message, sentence);
      return true;
    });
  });
}

test("A listener of gaps that is no function is refused", async (t) => {
  const { layer } = await connectLayer(t, await startRedis(t));
  assert.throws(() => layer.onGap(5 as never), {
    code: "CHANNELS_CONFIGURATION",
    message: "Expected `onGap` to be a function, got `5`.",
  });
});
