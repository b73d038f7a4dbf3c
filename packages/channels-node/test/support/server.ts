/** A server for one test, which also fails the test for what it did not expect. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import {
  EventLoopBlockedError,
  OriginRefusedError,
  protocolRouter,
  type ConsumerReport,
  type ProtocolRouterOptions,
} from "@lobby/channels";
import { serve, type AccessLogEntry, type Server, type ServerOptions } from "../../src/index.ts";

/** See the head of this file. */
export interface TestServer {
  readonly server: Server;
  readonly port: number;
  readonly httpUrl: string;
  readonly wsUrl: string;
  readonly accessLog: AccessLogEntry[];
  /** What went wrong in the application, which is forgotten by asking. What nobody asks for fails the test. */
  readonly takeReports: () => ConsumerReport[];
}

/**
 * On a machine that is busy elsewhere, any handler may seem to block the event
 * loop; and refusing a page is what some tests are about.
 */
function isExpected({ error }: ConsumerReport): boolean {
  return error instanceof EventLoopBlockedError || error instanceof OriginRefusedError;
}

/** Serves on a free port of 127.0.0.1 until the test ends. */
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
