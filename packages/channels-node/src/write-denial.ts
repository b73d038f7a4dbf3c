import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Denial } from "@lobby/channels";
import { linger } from "./linger.ts";
import type { ReplyHeaderLines } from "./reply-headers.ts";

/** Writes a denial to a connection and ends it. */
export function writeDenial(stream: Duplex, { status, headers, body }: Denial, reply?: ReplyHeaderLines): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Connection: close",
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...[...headers, ...(reply?.take() ?? [])].map(([name, value]) => `${name}: ${value}`),
  ];
  stream.cork();
  stream.write(`${head.join("\r\n")}\r\n\r\n`);
  stream.write(body);
  stream.uncork();
  linger(stream);
}
