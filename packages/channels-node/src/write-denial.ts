import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Denial } from "@lobby/channels";
import type { ReplyHeaderLines } from "./reply-headers.ts";

/** Answers a handshake with a denial and ends the connection. */
export function writeDenial(stream: Duplex, { status, headers, body }: Denial, reply: ReplyHeaderLines): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Connection: close",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...[...headers, ...reply.take()].map(([name, value]) => `${name}: ${value}`),
  ];
  stream.cork();
  stream.write(`${head.join("\r\n")}\r\n\r\n`);
  stream.end(body);
  // A client that continues to send must not keep the stream half-closed.
  stream.once("finish", () => stream.destroy());
}
