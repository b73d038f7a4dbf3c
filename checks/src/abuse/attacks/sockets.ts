/** Attacks over WebSockets. */
import type { Random } from "@lobby/test-support/random";
import { type Attack, Connection, frame, type Target } from "../connection.ts";
import { nastyHeader, nastyJson, nastyPath } from "../random-text.ts";

const TEXT = 0x81;
const ROOMS = ["big", "busy", "%EB%A1%9C%EB%B9%84"] as const;

/** Opens the socket of a room, and runs an attack on it. */
async function attackRoom(
  target: Target,
  random: Random,
  attack: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = new Connection(target);
  if (await connection.upgrade(`/ws/chat/${random.pick(ROOMS)}/`)) await attack(connection);
  await connection.end(random.below(1_000));
}

/** Sends messages with random texts. */
function messages(target: Target, random: Random): Promise<void> {
  return attackRoom(target, random, async (connection) => {
    for (let count = random.below(12); count > 0; count -= 1) {
      await connection.send(frame(TEXT, nastyJson(random, random.pick([30, 4_000, 40_000]))));
    }
  });
}

/** Sends frames with random headers, lengths and payloads. */
function oddFrames(target: Target, random: Random): Promise<void> {
  return attackRoom(target, random, async (connection) => {
    for (let count = random.below(10); count > 0; count -= 1) {
      const payload = random.bytes(random.pick([0, 1, 2, 125, 126, 500, 5_000]));
      const bytes = frame(random.below(256), payload);
      if (random.below(4) === 0) bytes[1] = random.below(256);
      await connection.send(bytes.subarray(0, random.pick([bytes.length, random.below(bytes.length + 1)])));
    }
    if (random.below(2) === 0) connection.socket.end();
  });
}

/** Sends one message as thousands of one-byte fragments. */
function fragments(target: Target, random: Random): Promise<void> {
  return attackRoom(target, random, async (connection) => {
    await connection.send(frame(0x01, "a"));
    await connection.send(Buffer.concat(Array.from({ length: random.below(16_000) }, () => frame(0x00, "a"))));
    if (random.below(2) === 0) await connection.send(frame(0x80, "a"));
  });
}

/** Sends thousands of messages, pings or invalid frames as fast as the connection takes them. */
function flood(target: Target, random: Random): Promise<void> {
  return attackRoom(target, random, async (connection) => {
    if (random.below(2) === 0) connection.socket.pause();
    const bytes = random.pick([
      frame(TEXT, '{"message":"flood"}'),
      frame(TEXT, "{"),
      frame(0x89, "ping"),
      frame(0x82, "binary"),
    ]);
    await connection.send(Buffer.concat(Array.from({ length: random.below(5_000) }, () => bytes)));
  });
}

/** Opens sockets with random names, headers and early bytes. */
async function handshakes(target: Target, random: Random): Promise<void> {
  const connection = new Connection(target);
  const headers = {
    Origin: nastyHeader(random, 100),
    "Sec-WebSocket-Protocol": nastyHeader(random, 200),
    Cookie: `lobby_guest=${nastyHeader(random, 4_000)}`,
  };
  const opening = connection.upgrade(`/ws/chat/${nastyPath(random, 200)}/`, random.pick([{}, headers]));
  if (random.below(2) === 0) await connection.send(frame(TEXT, nastyJson(random, 100)));
  if (random.below(2) === 0) connection.socket.end();
  await opening;
  await connection.end(random.below(500));
}

/** Joins busy rooms and reads nothing. */
function stalledReader(target: Target, random: Random): Promise<void> {
  return attackRoom(target, random, async (connection) => {
    connection.socket.pause();
    await connection.end(random.below(5_000));
  });
}

/** The attacks by name. */
export const socketAttacks: Readonly<Record<string, Attack>> = {
  messages,
  oddFrames,
  fragments,
  flood,
  handshakes,
  stalledReader,
};
