/** Random input of hostile clients: malformed, unusual or incomplete handshakes and frames. */
import type { Random } from "@lobby/test-support/random";
import { clientClose, clientFrame, Opcode } from "./client-frames.ts";
import { handshake, request } from "./raw-client.ts";

/** The bytes for one connection. */
export interface Stream {
  readonly bytes: Buffer;
  /** The names of the inputs in the bytes. */
  readonly inputs: readonly string[];
}

/** The `maxPayloadBytes` of the server. */
export const MAX_PAYLOAD_BYTES = 1_000;

const TARGETS = ["/", "/ws/", "/ws/%ff", "//", "*", "http://a/ws/", "/?%", "\\", "/ws", `/${"x".repeat(9_000)}`];
const METHODS = ["GET", "POST", "HEAD", "TRACE", "CONNECT", "OPTIONS", "PRI", "G\0T", ""];
const HEADERS = [
  { Host: "" },
  { Host: "[::1" },
  { Host: undefined },
  { "Content-Length": "5" },
  { "Content-Length": "-1" },
  { "Transfer-Encoding": "chunked" },
  { Upgrade: "websocket, h2c" },
  { Connection: "upgrade, close" },
  { "Sec-WebSocket-Key": "=" },
  { "Sec-WebSocket-Version": "14" },
  { "Sec-WebSocket-Protocol": "a,,b" },
  { "Sec-WebSocket-Extensions": 'permessage-deflate; a="' },
  { Origin: "null" },
  { Expect: "100-continue" },
  { Cookie: ";;=\u00ff" },
  { "X-Large": "x".repeat(20_000) },
];

/** Returns one or two requests, most of them malformed, some with a frame after them, some with changed bytes. */
export function handshakeStream(random: Random): Stream {
  const inputs: string[] = [];
  const parts: Buffer[] = [];
  for (let count = random.below(2); count >= 0; count -= 1) {
    const [headers, target] = [random.pick(HEADERS), random.pick(TARGETS)];
    const isHandshake = random.below(2) === 0;
    parts.push(latin1(isHandshake ? handshake(target, headers) : request(random.pick(METHODS), target, headers)));
    inputs.push(isHandshake ? "odd handshake" : "odd request");
  }
  if (random.below(3) === 0) {
    const [name, frame] = malformedFrame(random);
    parts.push(latin1(handshake("/ws/")), frame);
    inputs.push("handshake", name);
  }
  return { bytes: mutated(random, Buffer.concat(parts)), inputs };
}

/** Returns a valid handshake, unusual frames, and one malformed frame. */
export function frameStream(random: Random): Stream {
  const inputs = ["handshake"];
  const parts = [latin1(handshake("/ws/"))];
  for (let count = random.below(24); count > 0; count -= 1) {
    const [name, frames] = oddMessage(random);
    parts.push(...frames);
    inputs.push(...frames.map(() => name));
  }
  const [name, frame] = malformedFrame(random);
  parts.push(frame);
  inputs.push(name);
  return { bytes: Buffer.concat(parts), inputs };
}

type Named<Content> = readonly [name: string, content: Content];

/** Valid frames that real clients rarely send. */
const ODD: readonly ((random: Random) => Named<readonly Buffer[]>)[] = [
  () => ["empty text", [clientFrame(Opcode.text, "")]],
  (random) => ["binary", [clientFrame(Opcode.binary, random.bytes(random.below(200)))]],
  (random) => ["ping", [clientFrame(Opcode.ping, random.bytes(random.below(126)))]],
  (random) => ["unsolicited pong", [clientFrame(Opcode.pong, random.bytes(random.below(126)))]],
  () => ["of the largest size", [clientFrame(Opcode.text, "x".repeat(MAX_PAYLOAD_BYTES))]],
  (random) => ["fragments with pings between", fragments(random, Buffer.from("안녕하세요"))],
];

function oddMessage(random: Random): Named<readonly Buffer[]> {
  return random.pick(ODD)(random);
}

/** Returns the text in fragments of a few bytes, cut within characters, some of them empty. */
function fragments(random: Random, text: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let from = 0; from < text.length;) {
    const to = Math.min(from + random.below(9), text.length);
    const opcode = frames.length === 0 ? Opcode.text : Opcode.continuation;
    frames.push(clientFrame(opcode, text.subarray(from, to), { isFinal: to === text.length }));
    if (to < text.length && random.below(3) === 0) frames.push(clientFrame(Opcode.ping, "still there?"));
    from = to;
  }
  return frames;
}

/** Frames that end the connection. */
const MALFORMED: Readonly<Record<string, (random: Random) => Buffer>> = {
  "without a mask": () => clientFrame(Opcode.text, "hello", { isMasked: false }),
  "with a wrong mask": (random) => withChanged(clientFrame(Opcode.text, "안녕하세요"), 2 + random.below(4), random),
  "reserved bits": (random) => clientFrame(Opcode.text, "hello", { reserved: 1 + random.below(7) }),
  "unknown opcode": (random) => clientFrame(random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), "hello"),
  "a continuation without a start": () => clientFrame(Opcode.continuation, "hello"),
  "a message within a message": () =>
    Buffer.concat([clientFrame(Opcode.text, "a", { isFinal: false }), clientFrame(Opcode.text, "b")]),
  "a control frame in fragments": () => clientFrame(Opcode.ping, "hello", { isFinal: false }),
  "a control frame too long": () => clientFrame(Opcode.ping, "x".repeat(126)),
  "invalid UTF-8": () => clientFrame(Opcode.text, Buffer.of(0xed, 0xa0, 0x80)),
  "invalid UTF-8 at the end of fragments": () =>
    Buffer.concat([
      clientFrame(Opcode.text, "a", { isFinal: false }),
      clientFrame(Opcode.continuation, Buffer.of(0xe2, 0x82)),
    ]),
  "half a close code": () => clientFrame(Opcode.close, "x"),
  "a forbidden close code": (random) => clientClose(random.pick([0, 999, 1004, 1005, 1006, 1016, 2999, 5000, 65_535])),
  "a reason with invalid UTF-8": () => clientFrame(Opcode.close, Buffer.of(3, 232, 0xff)),
  "too large": () => clientFrame(Opcode.text, "x".repeat(MAX_PAYLOAD_BYTES + 1)),
  "too large in fragments": () =>
    Buffer.concat([
      clientFrame(Opcode.text, "x".repeat(MAX_PAYLOAD_BYTES), { isFinal: false }),
      clientFrame(Opcode.continuation, "x"),
    ]),
  "a length over 63 bits": () => Buffer.concat([Buffer.of(0x81, 0xff), Buffer.alloc(8, 0xff)]),
  "a length without its payload": () => Buffer.of(0x81, 0xfe, 3, 0xe8, 1, 2, 3, 4),
  "half a frame": (random) => halfOf(random, clientFrame(Opcode.text, "안녕하세요, 여러분")),
  "fragments without an end": () => clientFrame(Opcode.text, "to be continued", { isFinal: false }),
  "random bytes": (random) => random.bytes(1 + random.below(60)),
};
const MALFORMED_NAMES = Object.keys(MALFORMED);

/** The names of the inputs that end a stream. */
export const ENDINGS: readonly string[] = MALFORMED_NAMES;

function malformedFrame(random: Random): Named<Buffer> {
  const name = random.pick(MALFORMED_NAMES);
  return [name, MALFORMED[name]?.(random) ?? Buffer.alloc(0)];
}

function halfOf(random: Random, bytes: Buffer): Buffer {
  return bytes.subarray(0, 1 + random.below(bytes.length - 1));
}

/** Changes the byte at this offset. */
function withChanged(bytes: Buffer, at: number, random: Random): Buffer {
  bytes[at] = (bytes.readUInt8(at) + 1 + random.below(255)) % 256;
  return bytes;
}

/** Returns the bytes with a few changes, cut short, or unchanged. */
function mutated(random: Random, bytes: Buffer): Buffer {
  const kind = random.below(4);
  if (kind === 0) return bytes;
  if (kind === 1) return halfOf(random, bytes);
  for (let count = random.below(4); count >= 0; count -= 1) withChanged(bytes, random.below(bytes.length), random);
  return bytes;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
