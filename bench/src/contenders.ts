/** Who takes part, and how to start them. */
import { fileURLToPath } from "node:url";
import type { DialectName } from "./driver/dialects.ts";
import type { ServerCommand } from "./server-process.ts";

/** One server among those compared. */
export interface Contender {
  readonly name: string;
  readonly dialect: DialectName;
  readonly server: ServerCommand;
  /** The scenarios it can be used in, when these are not all. */
  readonly only?: readonly string[];
}

export const OURS = "@lobby/channels";

export const contenders: readonly Contender[] = [
  { name: OURS, dialect: "plain", server: onNode("src/servers/channels.ts") },
  {
    name: "Bun publish",
    dialect: "plain",
    server: { command: [inBench("peers/node_modules/.bin/bun"), inBench("peers/bun.js")] },
  },
  { name: "ws loop", dialect: "plain", server: onNode("peers/ws.js") },
  { name: "Socket.IO", dialect: "socket.io", server: onNode("peers/socket-io.js") },
  /** Shows how much the driver can take. */
  { name: "raw sockets", dialect: "plain", server: onNode("src/servers/raw.ts"), only: ["fan-out"] },
];

function onNode(file: string): ServerCommand {
  return { command: [process.execPath, "--conditions=source", "--expose-gc", inBench(file)] };
}

function inBench(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}
