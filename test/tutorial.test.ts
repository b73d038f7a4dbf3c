/** Runs the intermediate versions of the tutorial. `examples/tutorial/test` tests the final one. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { ConsumerReport, ProtocolRouter } from "@lobby/channels";
import { serve, type Server } from "@lobby/channels-node";
import { ChatClient } from "../examples/tutorial/test/chat-client.ts";
import { codeBlocks, isNamed } from "./support/markdown.ts";
import { ROOT } from "./support/repository.ts";
import { writeFilesShown } from "./support/typecheck.ts";

const PAGE = "docs/tutorial.md";

describe("An intermediate version of the tutorial", () => {
  const folders: string[] = [];

  after(async () => {
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  /** Serves the files that the page has shown up to version `version` of the application, counted from 1. */
  async function serveVersion(version: number, reports: ConsumerReport[] = []): Promise<Server> {
    const blocks = codeBlocks(PAGE, await readFile(join(ROOT, PAGE), "utf8"));
    const versions = blocks.filter(isNamed).filter(({ path }) => path === "mysite/application.ts");
    await mkdir(join(ROOT, ".tmp"), { recursive: true });
    const folder = await mkdtemp(join(ROOT, ".tmp", "tutorial-"));
    folders.push(folder);
    await writeFilesShown(folder, blocks, versions[version - 1] ?? assert.fail(`There is no version ${version}.`));
    const { application } = (await import(pathToFileURL(join(folder, "mysite/application.ts")).href)) as {
      application: ProtocolRouter;
    };
    return serve(application, { listen: { host: "127.0.0.1", port: 0 }, onReport: (report) => reports.push(report) });
  }

  test("without a consumer serves the pages and answers the socket with 404", async () => {
    await using server = await serveVersion(1);

    assert.equal((await fetch(`${server.url}/chat/lobby/`)).status, 200);
    assert.equal((await fetch(`${server.url}/ws/chat/lobby/`)).status, 404);
    await assert.rejects(enter(server, "lobby"), /was denied/);
  });

  test("with the first consumer echoes to each visitor alone", async () => {
    await using server = await serveVersion(2);
    const [anna, ben] = await Promise.all([enter(server, "lobby"), enter(server, "lobby")]);

    anna.say("hello");
    assert.deepEqual(await anna.next(), { message: "hello" });
    // The first message that ben receives is his own, so he received none of anna.
    ben.say("hi");
    assert.deepEqual(await ben.next(), { message: "hi" });
  });

  test("with the first consumer closes only the connection with a malformed message", async () => {
    const reports: ConsumerReport[] = [];
    await using server = await serveVersion(2, reports);
    const [anna, ben] = await Promise.all([enter(server, "lobby"), enter(server, "lobby")]);

    anna.send("nonsense");
    assert.equal((await anna.closed).code, 1011);
    assert.deepEqual(
      reports.map(({ source, operation }) => [source, operation]),
      [["ChatConsumer", "receive"]],
    );
    ben.say("hi");
    assert.deepEqual(await ben.next(), { message: "hi" });
  });
});

function enter(server: Server, room: string): Promise<ChatClient> {
  return ChatClient.open(`${server.webSocketUrl}/ws/chat/${room}/`);
}
