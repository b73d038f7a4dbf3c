import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { ChannelsError, protocolRouter, type ConsumerReport, type ProtocolRouterOptions } from "@lobby/channels";
import { serve, type AccessLogEntry, type Server, type ServerOptions } from "../../src/index.ts";

/** A server for one test. */
export interface TestServer {
  readonly server: Server;
  readonly port: number;
  readonly httpUrl: string;
  readonly wsUrl: string;
  readonly accessLog: AccessLogEntry[];
  /** Returns the reports and forgets them. A report that no test takes fails the test. */
  readonly takeReports: () => ConsumerReport[];
}

/**
 * The codes of reports in normal tests: a busy machine delays any handler, and some tests deny pages or send forwarded
 * headers.
 */
const EXPECTED_CODES: ReadonlySet<string> = new Set([
  "CHANNELS_EVENT_LOOP_BLOCKED",
  "CHANNELS_ORIGIN_REFUSED",
  "CHANNELS_UNTRUSTED_PROXY",
]);

/** Returns whether a report is part of normal tests. */
function isExpected({ error }: ConsumerReport): boolean {
  return error instanceof ChannelsError && EXPECTED_CODES.has(error.code);
}

/** Serves on a free port of 127.0.0.1 until the test ends. Fails the test for unexpected reports. */
export async function startServer(
  t: TestContext,
  application: ProtocolRouterOptions,
  options: ServerOptions = {},
): Promise<TestServer> {
  const accessLog: AccessLogEntry[] = [];
  const reports: ConsumerReport[] = [];
  const server = await serve(protocolRouter(application), {
    listen: { port: 0, host: "127.0.0.1" },
    onAccess: (entry) => accessLog.push(entry),
    onReport: (report) => {
      if (!isExpected(report)) reports.push(report);
    },
    ...options,
  });
  t.after(async () => {
    await server.close({ timeoutMs: 1 });
    assert.deepEqual(reports, []);
  });
  return {
    server,
    port: Number(URL.parse(server.url)?.port),
    httpUrl: server.url,
    wsUrl: server.webSocketUrl,
    accessLog,
    takeReports: () => reports.splice(0),
  };
}
