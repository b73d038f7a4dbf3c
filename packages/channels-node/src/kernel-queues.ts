/**
 * Tells how many bytes of a connection have reached the other machine. The kernel takes megabytes from Node at once and
 * delivers them later, so only the kernel knows.
 * @see proc_net_tcp (Linux). Other systems have no such table; there, the bytes that the kernel has taken count.
 */
import { readFile } from "node:fs/promises";
import { isIPv4, type Socket } from "node:net";

/** One row: the local and the remote address in hexadecimal, the state, and the bytes that wait for delivery. */
const ROW = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):/gm;

/** Returns the bytes that the kernel has yet to deliver, by `connectionKey`. Connections without such bytes are absent. */
export async function readSendQueues(): Promise<ReadonlyMap<string, number>> {
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(readTable));
  const queues = new Map<string, number>();
  for (const [, localPort, remote, queue] of tables.join("").matchAll(ROW)) {
    const queuedBytes = Number.parseInt(queue as string, 16);
    if (queuedBytes > 0) queues.set(`${localPort} ${remote?.replace(MAPPED_PREFIX, "")}`, queuedBytes);
  }
  return queues;
}

/** Returns the key of a connection in the result of `readSendQueues`; undefined without TCP. */
export function connectionKey({ localPort, remoteAddress, remotePort }: Socket): string | undefined {
  if (localPort === undefined || remoteAddress === undefined || remotePort === undefined) return undefined;
  return `${hex(localPort, 4)} ${tableAddress(remoteAddress)}:${hex(remotePort, 4)}`;
}

/** The part of Node's handle that counts bytes. Node has no public property for what the kernel has yet to take. */
interface CountingHandle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/** Returns the number of bytes that have reached the other machine. */
export function deliveredBytes(stream: Socket, queuedBytes: number): number {
  const handle = Reflect.get(stream, "_handle") as CountingHandle | null | undefined;
  const { bytesWritten = stream.bytesWritten, writeQueueSize = 0 } = handle ?? {};
  return bytesWritten - writeQueueSize - queuedBytes;
}

/** How the table begins an IPv4 address in IPv6. */
const MAPPED_PREFIX = /^0000000000000000FFFF0000/;

/** Returns an address as the table has it: words of 32 bits, each with its last byte first. */
function tableAddress(address: string): string {
  const ipv4 = address.replace(/^::ffff:/i, "");
  const bytes = isIPv4(ipv4) ? ipv4.split(".").map(Number) : ipv6Bytes(address);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    text += bytes
      .slice(at, at + 4)
      .toReversed()
      .map((byte) => hex(byte, 2))
      .join("");
  }
  return text;
}

function ipv6Bytes(address: string): number[] {
  const [head = [], tail = []] = address
    .replace(/%.*$/, "")
    .split("::")
    .map((half) => half.split(":").filter((group) => group !== ""));
  const middle = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...middle, ...tail].flatMap((group) => {
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 0xff];
  });
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

async function readTable(path: string): Promise<string> {
  return readFile(path, "latin1").catch(() => "");
}
