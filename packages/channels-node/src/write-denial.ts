import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Denial } from "@lobby/channels";
import { linger } from "./linger.ts";
import { offersUpgrade, type ReplyHeaderLines } from "./reply-headers.ts";

/** Writes a denial to a connection and ends it. */
export function writeDenial(stream: Duplex, { status, headers, body }: Denial, reply?: ReplyHeaderLines): void {
  const lines = [...headers, ...(reply?.take() ?? [])];
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    offersUpgrade(lines) ? "Connection: Upgrade, close" : "Connection: close",
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  stream.cork();
  stream.write(`${head.join("\r\n")}\r\n\r\n`);
  stream.write(body);
  stream.uncork();
  linger(stream);
}
