/** The certificate of a server and its other TLS options. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { describe, test, type TestContext } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { certificate, key, renewedCertificate, renewedKey } from "@lobby/test-support/certificate";
import { soon } from "@lobby/test-support/waiting";
import type { Certificate, ServerOptions } from "../src/index.ts";
import { startServer, type TestServer } from "./support/server.ts";

const OPTIONS: ServerOptions = { tls: { cert: certificate, key, minVersion: "TLSv1.3" } };

function start(t: TestContext, options: ServerOptions = OPTIONS): Promise<TestServer> {
  return startServer(t, { http: () => new Response("page") }, options);
}

/** Opens a TLS connection. */
async function open(t: TestContext, port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  t.after(() => socket.destroy());
  await soon(once(socket, "secureConnect"), "a TLS connection");
  return socket;
}

function fingerprintOf(socket: TLSSocket): string {
  return socket.getPeerCertificate().fingerprint256;
}

const OLD = new X509Certificate(certificate).fingerprint256;
const NEW = new X509Certificate(renewedCertificate).fingerprint256;

describe("`setCertificate`", () => {
  test("replaces the certificate for new connections, and keeps the open ones and the other options", async (t) => {
    const { port, server } = await start(t);
    const before = await open(t, port);
    assert.equal(fingerprintOf(before), OLD);
    server.setCertificate({ cert: renewedCertificate, key: renewedKey });
    const after = await open(t, port);
    assert.deepEqual([fingerprintOf(after), after.getProtocol()], [NEW, "TLSv1.3"]);
    before.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    const [answer] = (await soon(once(before, "data"), "an answer")) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
    const old = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, maxVersion: "TLSv1.2" });
    await assert.rejects(soon(once(old, "secureConnect"), "a refusal"), { code: /^ERR_SSL/ });
  });

  test("throws for a malformed certificate, and the server keeps the last one", async (t) => {
    const { port, server } = await start(t);
    for (const broken of [{ cert: "garbage", key }, { cert: "", key: "" }, {}, { cert: undefined, key: undefined }]) {
      assert.throws(() => server.setCertificate(broken), { code: "CHANNELS_CONFIGURATION" });
    }
    assert.throws(() => server.setCertificate({ cert: certificate, key: renewedKey }), {
      code: "CHANNELS_CONFIGURATION",
    });
    assert.equal(fingerprintOf(await open(t, port)), OLD);
  });

  test("refuses other options, and a server without TLS", async (t) => {
    const { server } = await start(t);
    assert.throws(() => server.setCertificate({ minVersion: "TLSv1.2" } as Certificate), {
      code: "CHANNELS_CONFIGURATION",
      message: "server.setCertificate has no option `minVersion`, only `cert`, `key`, `passphrase`, `pfx`.",
    });
    const { server: plain } = await start(t, {});
    assert.throws(() => plain.setCertificate({ cert: certificate, key }), {
      code: "CHANNELS_CONFIGURATION",
      message: "Expected a server with TLS, got one without. Start it with the option `tls`.",
    });
  });
});

for (const name of ["requestTimeout", "headersTimeout", "maxHeaderSize", "keepAliveTimeout", "insecureHTTPParser"]) {
  test(`\`tls\` refuses \`${name}\`, which is an option of node:http`, async (t) => {
    await assert.rejects(start(t, { tls: { cert: certificate, key, [name]: 1 } }), {
      code: "CHANNELS_CONFIGURATION",
      message: new RegExp(`^\`tls\` has no option \`${name}\`, only .*\`cert\``),
    });
  });
}

for (const name of ["ALPNProtocols", "ALPNCallback", "handshakeTimeout", "allowHalfOpen", "pauseOnConnect", "kye"]) {
  test(`\`tls\` refuses \`${name}\`, because the server sets it or it does not exist`, async (t) => {
    await assert.rejects(start(t, { tls: { cert: certificate, key, [name]: 1 } }), { code: "CHANNELS_CONFIGURATION" });
  });
}
