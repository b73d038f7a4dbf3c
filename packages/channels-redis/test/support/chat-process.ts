/** A node of a chat in a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ChatNode, ChatNodeOptions, LostTime } from "./chat-node.ts";

const SCRIPT = fileURLToPath(new URL("chat-node.ts", import.meta.url));

/** Starts the process and waits until it listens. */
export async function startChatProcess({ redisUrl, timeoutMs, onGap }: ChatNodeOptions): Promise<ChatNode> {
  const child = spawn(process.execPath, ["--conditions=source", SCRIPT, redisUrl, String(timeoutMs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const { promise: started, resolve, reject } = Promise.withResolvers<string>();
  exited.then(([code]) => reject(new Error(`The node ended with ${String(code)}.`)), reject);
  createInterface(child.stdout).on("line", (line) => {
    const told = JSON.parse(line) as { readonly url: string } | LostTime;
    if ("url" in told) resolve(told.url);
    else onGap(told);
  });
  return {
    url: await started,
    async close() {
      child.kill("SIGTERM");
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`The node ended with ${String(code)}.`);
    },
  };
}
