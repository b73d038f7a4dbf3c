import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ChatNode, ChatNodeOptions, GapTime } from "./chat-node.ts";

const SCRIPT = fileURLToPath(new URL("chat-node.ts", import.meta.url));

/** Starts a node of the chat in a process of its own, and waits until it listens. */
export async function startChatProcess({ redisUrl, timeoutMs, onGap }: ChatNodeOptions): Promise<ChatNode> {
  const child = spawn(process.execPath, ["--conditions=source", SCRIPT, redisUrl, String(timeoutMs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const { promise: started, resolve, reject } = Promise.withResolvers<string>();
  exited.then(([code]) => reject(new Error(`The node exited with ${String(code)}.`)), reject);
  createInterface(child.stdout).on("line", (line) => {
    const output = JSON.parse(line) as { readonly url: string } | GapTime;
    if ("url" in output) resolve(output.url);
    else onGap(output);
  });
  return {
    url: await started,
    async close() {
      child.kill("SIGTERM");
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`The node exited with ${String(code)}.`);
    },
  };
}
