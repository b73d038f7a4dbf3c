import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAddress, type Endpoint, type Login, type RedisAddress } from "../src/address.ts";

/** Returns the address of a primary. */
function primaryAt(endpoint: Endpoint, rest: Partial<RedisAddress> = {}): RedisAddress {
  return { primary: endpoint, isTls: false, login: undefined, database: 0, ...rest };
}

/** Returns the address of a primary "main" that two sentinels watch. */
function watchedBy(sentinels: readonly Endpoint[], rest: Partial<RedisAddress> = {}, login?: Login): RedisAddress {
  return { primary: { name: "main", sentinels, login }, isTls: false, login: undefined, database: 0, ...rest };
}

const local = { host: "127.0.0.1", port: 6379 };
const sentinels = [
  { host: "one", port: 26379 },
  { host: "two", port: 26380 },
];

describe("The URL", () => {
  for (const [url, address] of [
    ["redis://127.0.0.1", primaryAt(local)],
    ["REDIS://127.0.0.1:6379/", primaryAt(local)],
    ["redis://127.0.0.1:6380/7", primaryAt({ host: "127.0.0.1", port: 6380 }, { database: 7 })],
    ["redis://127.0.0.1?db=7", primaryAt(local, { database: 7 })],
    ["redis://127.0.0.1/?db=7", primaryAt(local, { database: 7 })],
    ["redis://127.0.0.1?", primaryAt(local)],
    ["rediss://my_redis.example", primaryAt({ host: "my_redis.example", port: 6379 }, { isTls: true })],
    ["redis://[::1]:6380", primaryAt({ host: "::1", port: 6380 })],
    ["redis://[fe80::1%25eth0]", primaryAt({ host: "fe80::1%eth0", port: 6379 })],
    ["redis://:word@127.0.0.1", primaryAt(local, { login: { password: "word" } })],
    ["redis://@127.0.0.1", primaryAt(local)],
    ["redis://me:a:b%2F%25%40@127.0.0.1", primaryAt(local, { login: { username: "me", password: "a:b/%@" } })],
    ["redis://m%3Ae:a@b@127.0.0.1", primaryAt(local, { login: { username: "m:e", password: "a@b" } })],
    ["unix:/run/redis.sock", primaryAt({ path: "/run/redis.sock" })],
    ["unix:///run/a%20b@c.sock?db=2", primaryAt({ path: "/run/a b@c.sock" }, { database: 2 })],
    [
      "unix://me:word@/run/redis.sock",
      primaryAt({ path: "/run/redis.sock" }, { login: { username: "me", password: "word" } }),
    ],
    ["redis+sentinel://one,two:26380/main", watchedBy(sentinels)],
    ["rediss+sentinel://one,two:26380/main/3", watchedBy(sentinels, { isTls: true, database: 3 })],
    ["redis+sentinel://[::1]/main/?db=3", watchedBy([{ host: "::1", port: 26379 }], { database: 3 })],
    [
      "redis+sentinel://[::1]/main?sentinelPassword=it's'",
      watchedBy([{ host: "::1", port: 26379 }], {}, { password: "it's'" }),
    ],
    [
      "redis+sentinel://me:word@one,two:26380/ma%69n?sentinelUsername=watch&sentinelPassword=a%26b+c",
      watchedBy(sentinels, { login: { username: "me", password: "word" } }, { username: "watch", password: "a&b+c" }),
    ],
  ] as const) {
    test(`${url} is read completely`, () => {
      assert.deepEqual(parseAddress(url), address);
    });
  }

  for (const [url, sentence] of [
    [5, /begin with redis:\/\/, rediss:\/\/, redis\+sentinel:\/\/, rediss\+sentinel:\/\/, unix:, got `5`\.$/],
    ["http://secret:secret@127.0.0.1", /begin with .+, got "http:\/\/"\.$/],
    ["127.0.0.1:6379", /begin with .+, got text without ":\/\/"\.$/],
    ["user:secret@127.0.0.1:6379", /begin with .+, got text without ":\/\/"\.$/],
    ["redis:127.0.0.1", /got text without ":\/\/"\.$/],
    ["redis:/127.0.0.1", /got text without ":\/\/"\.$/],
    ["", /got text without ":\/\/"\.$/],
    ["redis://", /name a host, got ""\.$/],
    ["redis:///3", /name a host, got ""\.$/],
    ["redis://:secret@:6379", /name a host, got ":6379"\.$/],
    ["redis://a b", /have a host name or an IP address, got "a b"\.$/],
    ["redis://[::1::]", /have a host name or an IP address, got "::1::"\.$/],
    ["redis://::1:6379", /IPv6 address in brackets, such as redis:\/\/\[::1\]:6379, got "::1:6379"\.$/],
    ["redis://[::1", /IPv6 address in brackets/],
    ["redis://127.0.0.1:0", /have a port from 1 to 65535, got "0"\.$/],
    ["redis://127.0.0.1:65536", /have a port from 1 to 65535, got "65536"\.$/],
    ["redis://127.0.0.1:port", /have a port from 1 to 65535, got "port"\.$/],
    ["redis://127.0.0.1:", /have a port from 1 to 65535, got ""\.$/],
    ["redis://127.0.0.1:6379\n", /have no white space and no quotes around it, got "\\n"\.$/],
    [" redis://127.0.0.1", /have no white space and no quotes around it, got " "\.$/],
    ["\tunix:/run/redis.sock", /have no white space and no quotes around it, got "\\t"\.$/],
    ["unix:/run/redis.sock ", /have no white space and no quotes around it, got " "\.$/],
    ["redis://user:secret@127.0.0.1\u00a0", /have no white space and no quotes around it, got "\u00a0"\.$/],
    ['"redis://user:secret@127.0.0.1"', /have no white space and no quotes around it, got "\\""\.$/],
    ["'redis://127.0.0.1", /have no white space and no quotes around it, got "'"\.$/],
    ["secret redis://127.0.0.1", /got text before ":\/\/" that is no scheme\.$/],
    ["\u200bredis://127.0.0.1", /got text before ":\/\/" that is no scheme\.$/],
    ["redis://127.0.0.1/sessions", /number of a database, such as .+, got "\/sessions"\.$/],
    ["redis://127.0.0.1/-1", /number of a database.+ got "\/-1"\.$/],
    ["redis://127.0.0.1/1/2", /number of a database.+ got "\/1\/2"\.$/],
    ["redis://127.0.0.1/1e3", /number of a database.+ got "\/1e3"\.$/],
    ["redis://127.0.0.1/9999999999", /number of a database/],
    ["redis://127.0.0.1?db=", /number of a database.+ got ""\.$/],
    ["redis://127.0.0.1?db=x", /number of a database.+ got "x"\.$/],
    ["redis://127.0.0.1/3?db=4", /name the database once, got both "\/3" and "db=4"\.$/],
    ["redis://127.0.0.1/3?db=3", /name the database once/],
    ["redis://127.0.0.1?db=3&db=3", /have each parameter once, got "db" twice\.$/],
    ["redis://127.0.0.1?timeout=secret", /have no parameters but db, got "timeout"\.$/],
    ["redis://127.0.0.1?DB=3", /have no parameters but db, got "DB"\.$/],
    ["redis://127.0.0.1?sentinelPassword=secret", /have no parameters but db, got "sentinelPassword"\.$/],
    ["redis://127.0.0.1#3", /have no "#", got one\. Write "#" in a password as %23\.$/],
    ["redis://user@127.0.0.1", /have a password for its user, got none\. A user with `nopass` accepts any password\.$/],
    ["redis://user:12/secret@127.0.0.1", /"@" before the host, got one behind it\. Write "\/", .+ as %2F, /],
    ["redis://user:12?secret@127.0.0.1", /"@" before the host/],
    ["redis://user:12/secret?more@127.0.0.1", /"@" before the host/],
    ["redis://user:12#secret@127.0.0.1", /Write "#" in a password as %23\.$/],
    ["redis://user:secret%@127.0.0.1", /write "%" as %25, got a "%" in the password that begins no code\.$/],
    ["redis://se%ret:secret@127.0.0.1", /write "%" as %25, got a "%" in the user/],
    ["redis://one,two", /name one host, got "one,two"\. For several sentinels, begin with redis\+sentinel:\/\/\.$/],
    ["redis+sentinel://one,two", /name the primary behind the sentinels, such as .+\/main, got ""\.$/],
    ["redis+sentinel://one,two/", /name the primary behind the sentinels/],
    ["redis+sentinel://one,,two/main", /name a host, got ""\.$/],
    ["redis+sentinel://one,two:x/main", /have a port from 1 to 65535, got "x"\.$/],
    ["redis+sentinel://one/main/x", /number of a database.+ got "\/x"\.$/],
    ["redis+sentinel://one/main?name=x", /but db, sentinelUsername, sentinelPassword, got "name"\.$/],
    ["redis+sentinel://one/main?sentinelUsername=x", /have a password for its user/],
    ["unix:", /have the absolute path of a socket, such as unix:\/run\/redis\.sock\?db=1, got another form\.$/],
    ["unix:redis.sock", /absolute path of a socket/],
    ["unix://user:secret/run/redis.sock", /absolute path of a socket/],
    ["unix:/run/", /absolute path of a socket/],
    ["unix:/run/redis.sock?database=3", /have no parameters but db, got "database"\.$/],
    ["unix:/run/redis.sock#3", /have no "#"/],
  ] as const) {
    test(`${JSON.stringify(url)} is refused, with the part and the remedy, and without a password`, () => {
      assert.throws(
        () => parseAddress(url),
        (error: Error & { readonly code?: string }) => {
          assert.equal(error.code, "CHANNELS_CONFIGURATION");
          assert.match(error.message, sentence);
          assert.match(error.message, /^(?!.*secret)Expected `url` to /);
          return true;
        },
      );
    });
  }
});
