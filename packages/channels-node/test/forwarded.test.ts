import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readForwarded, type ForwardedFacts } from "../src/forwarded.ts";
import { AddressList } from "../src/address-list.ts";

type Lines = Readonly<Record<string, string>>;

/** The address of the nearest proxy, and the ranges of a content network and a load balancer in front of it. */
const PROXY = "10.0.0.1";
const proxies = new AddressList(["10.0.0.0/8", "::1", "unix", "130.176.0.0/16", "162.158.0.0/15", "35.191.0.9"]);

function read(lines: Lines, sender = PROXY): ForwardedFacts {
  return readForwarded(new Headers(lines), sender, proxies);
}

/** The visitor of every row in the tables. */
const VISITOR = "203.0.113.7";

/** What real proxies send: the proxy, its documentation, its headers, and what differs from `VISITOR` over TLS. */
const REAL: readonly (readonly [proxy: string, source: string, lines: Lines, differs?: Partial<ForwardedFacts>])[] = [
  [
    "nginx with $proxy_add_x_forwarded_for and $scheme",
    "nginx.org/en/docs/http/ngx_http_proxy_module.html#var_proxy_add_x_forwarded_for",
    { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https" },
  ],
  [
    "nginx behind a client that sends an address of its own",
    "nginx.org/en/docs/http/ngx_http_proxy_module.html#var_proxy_add_x_forwarded_for",
    { "X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https" },
  ],
  [
    "nginx on a socket for IPv4 and IPv6",
    "nginx.org/en/docs/http/ngx_http_core_module.html#listen",
    { "X-Forwarded-For": "::ffff:203.0.113.7", "X-Forwarded-Proto": "https" },
  ],
  [
    "Apache with mod_proxy, which adds itself to a list of hosts",
    "httpd.apache.org/docs/2.4/mod/mod_proxy.html#x-headers",
    {
      "X-Forwarded-For": "198.51.100.1, 203.0.113.7",
      "X-Forwarded-Host": "evil.example, chat.example",
      "X-Forwarded-Server": "proxy.example",
    },
    { isSecure: undefined, host: "chat.example" },
  ],
  [
    "Traefik with a page",
    "doc.traefik.io/traefik/routing/entrypoints/#forwarded-headers",
    {
      "X-Forwarded-For": "203.0.113.7",
      "X-Forwarded-Host": "chat.example",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Proto": "https",
      "X-Real-Ip": "203.0.113.7",
    },
    { host: "chat.example" },
  ],
  [
    "Traefik with a WebSocket",
    "github.com/traefik/traefik/issues/6388",
    { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "chat.example", "X-Forwarded-Proto": "wss" },
    { host: "chat.example" },
  ],
  [
    "Traefik with a WebSocket without TLS",
    "github.com/traefik/traefik/issues/6388",
    { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "ws" },
    { isSecure: false },
  ],
  [
    "Caddy",
    "caddyserver.com/docs/caddyfile/directives/reverse_proxy#defaults",
    { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "chat.example" },
    { host: "chat.example" },
  ],
  [
    "HAProxy with option forwardfor, whose line follows that of a client",
    "docs.haproxy.org/2.8/configuration.html#4-option%20forwardfor",
    { "X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https" },
  ],
  [
    "HAProxy with option forwarded",
    "docs.haproxy.org/2.8/configuration.html#4-option%20forwarded",
    { Forwarded: "proto=https;for=203.0.113.7" },
  ],
  [
    "HAProxy with option forwarded for host and port",
    "docs.haproxy.org/2.8/configuration.html#4-option%20forwarded",
    { Forwarded: 'proto=https;host="chat.example";by=_haproxy;for="203.0.113.7:60138"' },
    { host: "chat.example" },
  ],
  [
    "HAProxy with option forwarded that hides the client",
    "docs.haproxy.org/2.8/configuration.html#4-option%20forwarded",
    { Forwarded: 'for=198.51.100.1, proto=https;for="_000000007F2F367E:60138"' },
    { address: PROXY },
  ],
  [
    "AWS Application Load Balancer",
    "docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html",
    { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443" },
  ],
  [
    "AWS Application Load Balancer with client ports",
    "docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html",
    { "X-Forwarded-For": "203.0.113.7:28424", "X-Forwarded-Proto": "https" },
  ],
  [
    "AWS Application Load Balancer with client ports and IPv6",
    "docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html",
    { "X-Forwarded-For": "[2001:DB8::21f:5bff:febf:ce22]:28424", "X-Forwarded-Proto": "https" },
    { address: "2001:db8::21f:5bff:febf:ce22" },
  ],
  [
    "AWS CloudFront in front of it",
    "docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html",
    { "X-Forwarded-For": "203.0.113.7, 130.176.4.5", "X-Forwarded-Proto": "https" },
  ],
  [
    "AWS API Gateway without X-Forwarded-For",
    "docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-http.html",
    { Forwarded: "by=10.2.0.9;for=203.0.113.7;host=abc.execute-api.us-east-1.amazonaws.com;proto=https" },
    { host: "abc.execute-api.us-east-1.amazonaws.com" },
  ],
  [
    "Azure App Service",
    "learn.microsoft.com/azure/app-service/configure-language-nodejs#detect-https-session",
    { "X-Forwarded-For": "203.0.113.7:51234", "X-Forwarded-Proto": "https" },
  ],
  [
    "Azure Application Gateway",
    "learn.microsoft.com/azure/application-gateway/how-application-gateway-works#modifications-to-the-request",
    {
      "X-Forwarded-For": "198.51.100.1, 203.0.113.7:51234",
      "X-Forwarded-Proto": "https",
      "X-Original-Host": "chat.example",
    },
  ],
  [
    "Azure Front Door",
    "learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol",
    { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "chat.example" },
    { host: "chat.example" },
  ],
  [
    "Cloudflare in front of nginx",
    "developers.cloudflare.com/fundamentals/reference/http-headers/",
    { "X-Forwarded-For": "203.0.113.7, 162.158.9.9", "X-Forwarded-Proto": "https", "CF-Connecting-IP": "203.0.113.7" },
  ],
  [
    "Google Cloud, which adds its own address without a space",
    "cloud.google.com/load-balancing/docs/https#x-forwarded-for_header",
    { "X-Forwarded-For": "198.51.100.1,203.0.113.7,35.191.0.9", "X-Forwarded-Proto": "https" },
  ],
  [
    "Heroku",
    "devcenter.heroku.com/articles/http-routing#heroku-headers",
    { "X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443" },
  ],
  [
    "Fly.io, behind a proxy of its own",
    "fly.io/docs/networking/request-headers/",
    { "X-Forwarded-For": "203.0.113.7, 10.9.0.9", "X-Forwarded-Proto": "https", "Fly-Client-IP": "203.0.113.7" },
  ],
  [
    "Squid that hides its clients",
    "www.squid-cache.org/Doc/config/forwarded_for/",
    { "X-Forwarded-For": "unknown" },
    { address: PROXY, isSecure: undefined },
  ],
];

describe("The visitor behind", () => {
  for (const [proxy, source, lines, differs] of REAL) {
    test(`${proxy} (${source})`, () => {
      assert.deepEqual(read(lines), { address: VISITOR, isSecure: true, host: undefined, ...differs });
    });
  }
});

describe("The address in X-Forwarded-For", () => {
  for (const [title, header, client, sender] of [
    ["is the address before a chain of trusted proxies", "198.51.100.1, 10.0.0.3,10.0.0.2", "198.51.100.1"],
    ["is the last one that is not trusted", "127.0.0.1, 10.9.9.9, 198.51.100.1", "198.51.100.1"],
    ["is not a forged address of a trusted proxy", "10.0.0.7, 198.51.100.1, 10.0.0.2", "198.51.100.1"],
    [
      "may be one that trusted proxies write in IPv6 form",
      "198.51.100.1, ::ffff:a00:3, [::ffff:10.0.0.2]:80",
      "198.51.100.1",
    ],
    ["is the first one when all are trusted", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["is that of a proxy that forwards garbage", "198.51.100.1, garbage", PROXY],
    ["is that of a proxy that forwards a hidden node", "198.51.100.1, _hidden", PROXY],
    ["is the first one after garbage", "garbage, 10.0.0.2", "10.0.0.2"],
    ["is that of the sender when the header is empty", "", PROXY],
    ["is that of the sender when the header has only commas", ",,", PROXY],
    ["may have empty neighbours", ", 198.51.100.1,, 10.0.0.2 ,", "198.51.100.1"],
    ["may be IPv6", "2001:db8::7", "2001:db8::7", "::1"],
    ["may come from a unix socket", "198.51.100.1", "198.51.100.1", ""],
  ] as const) {
    test(title, () => assert.equal(read({ "X-Forwarded-For": header }, sender).address, client));
  }

  test("is read over at most 32 proxies", () => {
    const hops = ["198.51.100.1", ...Array.from({ length: 40 }, (_, index) => `10.0.1.${40 - index}`)];
    assert.equal(read({ "X-Forwarded-For": hops.join(", ") }).address, "10.0.1.32");
    const elements = hops.map((hop) => `for=${hop}`);
    assert.equal(read({ Forwarded: elements.join(", ") }).address, "10.0.1.32");
  });
});

describe("The scheme in X-Forwarded-Proto", () => {
  for (const [scheme, isSecure] of [
    ["https", true],
    ["HTTPS", true],
    ["wss", true],
    ["Wss", true],
    ["http", false],
    ["ws", false],
    [" https , http", true],
    ["http, https", false],
    ["", undefined],
    ["on", undefined],
    ["constructor", undefined],
  ] as const) {
    test(`${JSON.stringify(scheme)} means ${isSecure === undefined ? "nothing" : isSecure ? "TLS" : "no TLS"}`, () => {
      assert.equal(read({ "X-Forwarded-Proto": scheme }).isSecure, isSecure);
    });
  }
});

describe("Forwarded", () => {
  test("has the scheme and the host that the proxy nearest to the client saw", () => {
    const header =
      "for=198.51.100.1;proto=http;host=evil.example, " +
      "for=203.0.113.7;proto=https;host=chat.example, for=10.0.0.3;proto=http;host=inner.example, for=10.0.0.2";
    assert.deepEqual(read({ Forwarded: header }), { address: VISITOR, isSecure: true, host: "chat.example" });
  });

  test("has the scheme and the host of a proxy that hides the client, or does not name it", () => {
    for (const node of ["for=unknown;", "for=_hidden;", ""]) {
      const header = `for=198.51.100.1;host=evil.example, ${node}proto=https;host=chat.example`;
      assert.deepEqual(read({ Forwarded: header }), { address: PROXY, isSecure: true, host: "chat.example" }, node);
    }
  });

  test("of a client does not count beside X-Forwarded-For of a proxy", () => {
    const Forwarded = "for=198.51.100.1;proto=https;host=evil.example";
    const expected = { address: VISITOR, isSecure: undefined, host: undefined };
    assert.deepEqual(read({ Forwarded, "X-Forwarded-For": VISITOR }), expected);
    assert.deepEqual(read({ Forwarded, "X-Forwarded-For": "" }), { ...expected, address: PROXY });
  });

  test("of a proxy counts beside the scheme and the host of a client", () => {
    const lines = { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example" };
    const expected = { address: VISITOR, isSecure: false, host: undefined };
    assert.deepEqual(read({ ...lines, Forwarded: `for=${VISITOR};proto=http` }), expected);
  });

  test("that is malformed after the last proxy changes nothing", () => {
    const expected = { address: VISITOR, isSecure: undefined, host: undefined };
    for (const start of ['for="', "!!", 'for=198.51.100.1;host="evil.example', "for=a;for=b"]) {
      assert.deepEqual(read({ Forwarded: `${start}, for=${VISITOR}` }), expected, start);
    }
    assert.deepEqual(read({ Forwarded: `for=${VISITOR}, for="` }), { ...expected, address: PROXY });
  });
});

/** Returns the CPU time of some runs, in microseconds. */
function cpuTime(lines: Lines): number {
  const headers = new Headers(lines);
  const before = process.threadCpuUsage();
  for (let count = 0; count < 40; count += 1) readForwarded(headers, PROXY, proxies);
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}

describe("The time to read a header", () => {
  for (const [title, name, make] of [
    ["quotes", "Forwarded", (count: number) => '"'.repeat(count)],
    ["backslashes", "Forwarded", (count: number) => `for="${"\\".repeat(count)}"`],
    ["escaped quotes", "Forwarded", (count: number) => `for="${'\\"'.repeat(count / 2)}`],
    ["one long name", "Forwarded", (count: number) => "a".repeat(count)],
    [
      "many parameters",
      "Forwarded",
      (count: number) => Array.from({ length: count / 8 }, (_, n) => `p${n}=a`).join(";"),
    ],
    ["spaces", "Forwarded", (count: number) => `a${" ".repeat(count)}b`],
    ["commas", "Forwarded", (count: number) => ",".repeat(count)],
    ["commas in X-Forwarded-For", "X-Forwarded-For", (count: number) => ",".repeat(count)],
    ["trusted proxies", "X-Forwarded-For", (count: number) => "10.0.0.9,".repeat(count / 9)],
    ["digits", "X-Forwarded-For", (count: number) => "1".repeat(count)],
    ["dots", "X-Forwarded-For", (count: number) => "1.".repeat(count / 2)],
    ["hosts", "X-Forwarded-Host", (count: number) => "a,".repeat(count / 2)],
  ] as const) {
    test(`grows at most linearly with ${title}`, () => {
      const small = cpuTime({ [name]: make(40_000) });
      const large = cpuTime({ [name]: make(160_000) });
      // The clock may tick every few milliseconds. A quadratic run of this length takes seconds.
      assert.ok(large <= 6 * Math.max(small, 10_000), `${small} µs became ${large} µs`);
    });
  }
});
