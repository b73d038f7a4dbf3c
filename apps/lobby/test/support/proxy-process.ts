/** Real proxies as processes, with the settings that the documentation shows. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { certificate, key } from "@lobby/test-support/certificate";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { eventually } from "@lobby/test-support/waiting";
import { findHaproxy, findNginx } from "../../../../scripts/find-program.ts";
import type { Cleanup } from "./cleanup.ts";

/** A proxy that accepts connections on 127.0.0.1. */
export interface ProxyProcess {
  readonly port: number;
  /** The port for TLS. */
  readonly tlsPort: number;
}

type Ports = ProxyProcess;

/** Returns the settings in the documentation that contain a text, with the port of this server. */
export function settingsIn(page: string, text: string, serverPort: number): string {
  const markdown = readFileSync(path.join(import.meta.dirname, "../../../..", page), "utf8");
  const blocks = [...markdown.matchAll(/^```.*\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
  const settings = blocks.find((block) => block.includes(text));
  if (settings === undefined) throw new Error(`Expected settings with ${text} in ${page}.`);
  return settings.replaceAll("127.0.0.1:8000", `127.0.0.1:${serverPort}`);
}

/** Starts nginx. Settings without a server get one. */
export function startNginx(cleanup: Cleanup, settings: string): Promise<ProxyProcess> {
  return start(cleanup, async ({ port, tlsPort }, folder) => {
    const listen = `listen 127.0.0.1:${port}; listen 127.0.0.1:${tlsPort} ssl;`;
    const pair = `ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;`;
    const servers = settings.includes("listen 443")
      ? settings.replace(/listen 443 ssl;/, listen).replace(/ssl_certificate +\S+;\s+ssl_certificate_key +\S+;/, pair)
      : `server { ${listen} ${pair} ${settings} }`;
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder};`);
    const file = path.join(folder, "nginx.conf");
    const http = `http { access_log off; ${paths.join(" ")} ${servers} }`;
    writeFileSync(file, `daemon off; master_process off; pid ${folder}/pid; events {} ${http}`);
    return [await findNginx(), "-e", "stderr", "-c", file];
  });
}

/** Starts HAProxy. */
export function startHaproxy(cleanup: Cleanup, settings: string): Promise<ProxyProcess> {
  return start(cleanup, async ({ port, tlsPort }, folder) => {
    const bind = `bind 127.0.0.1:${port}\n  bind 127.0.0.1:${tlsPort} ssl crt ${folder}/pair.pem`;
    const file = path.join(folder, "haproxy.cfg");
    writeFileSync(file, settings.replace(/bind :443 .+/, bind));
    return [await findHaproxy(), "-db", "-f", file];
  });
}

/** Starts a proxy on free ports, and resolves when it accepts connections. Tries other ports when one is in use. */
async function start(
  cleanup: Cleanup,
  command: (ports: Ports, folder: string) => Promise<readonly string[]>,
): Promise<ProxyProcess> {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "cert.pem"), certificate);
  writeFileSync(path.join(folder, "key.pem"), key);
  writeFileSync(path.join(folder, "pair.pem"), Buffer.concat([certificate, key]));
  return eventually(async () => {
    const ports = { port: randomPort(), tlsPort: randomPort() };
    const [program = "", ...args] = await command(ports, folder);
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    const exited = once(child, "exit");
    cleanup.after(async () => {
      child.kill("SIGKILL");
      await exited;
    });
    await Promise.race([
      eventually(() => canConnect(ports.tlsPort)),
      exited.then(([code]) => {
        throw new Error(`${program} exited with ${String(code)}: ${log}`);
      }),
    ]);
    return ports;
  });
}

async function canConnect(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
}

function randomPort(): number {
  return 20_000 + Math.floor(Math.random() * 12_000);
}
