import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../src/operations/config.ts";

const DEFAULTS = {
  host: "127.0.0.1",
  port: 8000,
  dataFolder: "./data",
  publicUrl: undefined,
  trustProxy: [],
  limits: "on",
  limitsExempt: [],
};

/** Each setting with two valid values and their results. */
const SETTINGS = [
  { flag: "--host", variable: "LOBBY_HOST", field: "host", values: { "0.0.0.0": "0.0.0.0", "::1": "::1" } },
  { flag: "--port", variable: "LOBBY_PORT", field: "port", values: { "0": 0, "65535": 65_535 } },
  { flag: "--data", variable: "LOBBY_DATA", field: "dataFolder", values: { "/srv/로비": "/srv/로비", "a b": "a b" } },
  {
    flag: "--public-url",
    variable: "LOBBY_PUBLIC_URL",
    field: "publicUrl",
    values: {
      "https://chat.example.com": new URL("https://chat.example.com/"),
      "http://10.0.0.1:8080/": new URL("http://10.0.0.1:8080/"),
    },
  },
  {
    flag: "--trust-proxy",
    variable: "LOBBY_TRUST_PROXY",
    field: "trustProxy",
    values: { "127.0.0.1": ["127.0.0.1"], "10.0.0.0/8, ::1 ,fd00::/8": ["10.0.0.0/8", "::1", "fd00::/8"] },
  },
  { flag: "--limits", variable: "LOBBY_LIMITS", field: "limits", values: { off: "off", on: "on" } },
  {
    flag: "--limits-exempt",
    variable: "LOBBY_LIMITS_EXEMPT",
    field: "limitsExempt",
    values: { "192.0.2.7": ["192.0.2.7"], "10.0.0.0/8, 2001:db8::/32": ["10.0.0.0/8", "2001:db8::/32"] },
  },
] as const;

test("without flags and variables, every setting has its default", () => {
  assert.deepEqual(readConfig([], {}), DEFAULTS);
  assert.deepEqual(readConfig([], { LOBBY_PORT: undefined }), DEFAULTS);
});

for (const { flag, variable, field, values } of SETTINGS) {
  const [[first, firstValue], [second, secondValue]] = Object.entries(values) as [[string, unknown], [string, unknown]];

  test(`${flag} and ${variable} set ${field}, and the flag overrides the variable`, () => {
    assert.deepEqual(readConfig([flag, first], {}), { ...DEFAULTS, [field]: firstValue });
    assert.deepEqual(readConfig([`${flag}=${second}`], {}), { ...DEFAULTS, [field]: secondValue });
    assert.deepEqual(readConfig([], { [variable]: second }), { ...DEFAULTS, [field]: secondValue });
    assert.deepEqual(readConfig([flag, first], { [variable]: second }), { ...DEFAULTS, [field]: firstValue });
  });
}

test("flags and variables can be combined", () => {
  assert.deepEqual(readConfig(["--port", "1", "--host", "::"], { LOBBY_DATA: "/d", LOBBY_TRUST_PROXY: "::1" }), {
    ...DEFAULTS,
    port: 1,
    host: "::",
    dataFolder: "/d",
    trustProxy: ["::1"],
  });
});

test("every spelling of a public address gives the same origin", () => {
  for (const [text, origin] of [
    ["HTTPS://Chat.Example.com:443/", "https://chat.example.com"],
    ["https://로비.example", "https://xn--2o2b21i.example"],
    ["http://[::1]:8000", "http://[::1]:8000"],
  ] as const) {
    assert.equal(readConfig(["--public-url", text], {}).publicUrl?.origin, origin);
  }
});

test("the error for an invalid value names its source, the valid values and the actual value", () => {
  assert.throws(() => readConfig(["--port", "eighty"], {}), {
    code: "LOBBY_INVALID_SETTING",
    message: 'Expected --port to be a port from 0 to 65535, got "eighty".',
  });
  assert.throws(() => readConfig([], { LOBBY_PORT: "65536" }), {
    code: "LOBBY_INVALID_SETTING",
    message: 'Expected LOBBY_PORT to be a port from 0 to 65535, got "65536".',
  });
});

for (const { flag, variable, wrong, expected } of [
  {
    flag: "--host",
    variable: "LOBBY_HOST",
    wrong: ["", "a b", "http://localhost", "a/b"],
    expected: "a host name or address",
  },
  {
    flag: "--port",
    variable: "LOBBY_PORT",
    wrong: ["", " 80", "-1", "80.5", "1e3", "0x50", "65536", "999999"],
    expected: "a port from 0 to 65535",
  },
  { flag: "--data", variable: "LOBBY_DATA", wrong: [""], expected: "a folder" },
  {
    flag: "--public-url",
    variable: "LOBBY_PUBLIC_URL",
    wrong: [
      "",
      "chat.example.com",
      "ftp://a.example",
      "https://a.example/chat",
      "https://a.example/?b",
      "https://a.example/#b",
      "https://u:p@a.example",
      "https://",
    ],
    expected: "an address such as https://chat.example.com",
  },
  {
    flag: "--trust-proxy",
    variable: "LOBBY_TRUST_PROXY",
    wrong: ["", "proxy.local", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "127.0.0.1,", "10.0.0.0/1e1"],
    expected: 'addresses or ranges with commas between them, such as "127.0.0.1,10.0.0.0/8"',
  },
  { flag: "--limits", variable: "LOBBY_LIMITS", wrong: ["", "true", "ON", "no", "off "], expected: "on or off" },
  {
    flag: "--limits-exempt",
    variable: "LOBBY_LIMITS_EXEMPT",
    wrong: ["", "school.local", "10.0.0.0/33", "10.0.0.0/8,", "unix"],
    expected: 'addresses or ranges with commas between them, such as "192.0.2.7,10.0.0.0/8"',
  },
]) {
  test(`${flag} and ${variable} accept only ${expected}`, () => {
    for (const value of wrong) {
      const message = (source: string): string => `Expected ${source} to be ${expected}, got "${value}".`;
      assert.throws(() => readConfig([`${flag}=${value}`], {}), { message: message(flag) });
      assert.throws(() => readConfig([], { [variable]: value }), { message: message(variable) });
    }
  });
}

test("an invalid variable has no effect when its flag is set", () => {
  assert.equal(readConfig(["--port", "1"], { LOBBY_PORT: "eighty" }).port, 1);
});

test("the error for an unknown flag, a missing value or a stray argument lists the valid flags", () => {
  const list =
    "Lobby accepts --host, --port, --data, --public-url, --trust-proxy, --limits, --limits-exempt, each with a value.";
  for (const [flags, what] of [
    [["--prot", "80"], "Unknown option '--prot'"],
    [["--v1.0"], "Unknown option '--v1.0'"],
    [["--__proto__", "x"], "Unknown option '--__proto__'"],
    [["-p", "80"], "Unknown option '-p'"],
    [["--port"], "Option '--port <value>' argument missing"],
    [["--port", "--data"], "Option '--port' argument is ambiguous"],
    [["./data"], "Unexpected argument './data'"],
    [["a. b"], "Unexpected argument 'a. b'"],
  ] as const) {
    assert.throws(() => readConfig(flags, {}), { code: "LOBBY_UNKNOWN_FLAG", message: `${what}. ${list}` });
  }
});

test("the error for an unknown variable with Lobby's prefix suggests the most similar setting", () => {
  for (const [variable, nearest] of [
    ["LOBBY_PROT", "LOBBY_PORT"],
    ["LOBBY_TRUSTED_PROXIES", "LOBBY_TRUST_PROXY"],
    ["LOBBY_PUBLIC_ADDRESS", "LOBBY_PUBLIC_URL"],
    ["LOBBY_DATA_FOLDER", "LOBBY_DATA"],
    ["LOBBY_host", "LOBBY_HOST"],
    ["LOBBY_LIMIT", "LOBBY_LIMITS"],
  ] as const) {
    assert.throws(() => readConfig([], { PATH: "/bin", LOBBY_PORT: "1", [variable]: "" }), {
      code: "LOBBY_UNKNOWN_VARIABLE",
      message: `Lobby has no setting ${variable}. Did you mean ${nearest}? \`lobby help\` lists every setting.`,
    });
  }
  assert.deepEqual(readConfig([], { LOBBY: "x", MY_LOBBY_PROT: "1", LOBBY_PROT: undefined }), DEFAULTS);
});

test("settings for another database or for Redis are refused, because this version would ignore them", () => {
  for (const [flags, environment, message] of [
    [
      ["--database-url", "postgres://db/lobby"],
      {},
      "This version of Lobby does not support --database-url. " +
        "It keeps messages in SQLite in the data folder. Start without --database-url.",
    ],
    [
      [],
      { DATABASE_URL: "postgres://db/lobby" },
      "This version of Lobby does not support DATABASE_URL. " +
        "It keeps messages in SQLite in the data folder. Start without DATABASE_URL.",
    ],
    [
      ["--redis-url=redis://cache"],
      {},
      "This version of Lobby does not support --redis-url. It runs as a single process. Start without --redis-url.",
    ],
    [
      [],
      { REDIS_URL: "redis://cache" },
      "This version of Lobby does not support REDIS_URL. It runs as a single process. Start without REDIS_URL.",
    ],
  ] as const) {
    assert.throws(() => readConfig(flags, environment), { code: "LOBBY_UNSUPPORTED_SETTING", message });
  }
  assert.deepEqual(readConfig([], { DATABASE_URL: "", REDIS_URL: "" }), DEFAULTS);
});
