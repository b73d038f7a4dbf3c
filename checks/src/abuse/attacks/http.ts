/** Attacks over HTTP. */
import type { Random } from "@lobby/test-support/random";
import { type Attack, Connection, type Target } from "../connection.ts";
import { nastyHeader, nastyPath, nastyText } from "../random-text.ts";

const METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE", "PRI", "get", "G\u00cbT", ""];
const HEADERS = [
  "Host",
  "Cookie",
  "Accept",
  "Accept-Language",
  "Origin",
  "Referer",
  "Connection",
  "Upgrade",
  "Expect",
  "Content-Type",
  "Content-Length",
  "Transfer-Encoding",
  "Forwarded",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "Connection-Id",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Protocol",
  "Sec-WebSocket-Extensions",
] as const;

/** Sends bytes that are hardly a request. */
async function rubbish(target: Target, random: Random): Promise<void> {
  const connection = new Connection(target);
  await connection.send(random.pick([random.bytes(random.below(5_000)), Buffer.from(nastyText(random, 5_000))]));
  if (random.below(2) === 0) connection.socket.end();
  await connection.end(500);
}

/** Sends a request with random parts. */
async function oddRequest(target: Target, random: Random): Promise<void> {
  const connection = new Connection(target);
  const lines = Array.from({ length: random.below(8) }, () => {
    const value = random.below(3) === 0 ? String(random.below(200_000)) : nastyHeader(random, random.pick([20, 9_000]));
    return `${random.pick(HEADERS)}: ${value}\r\n`;
  });
  const path = random.pick([
    `/chat/${nastyPath(random, 3_000)}/`,
    `/chat/?room=${nastyPath(random, 3_000)}`,
    `/ws/chat/${nastyPath(random, 3_000)}/`,
    `/${nastyPath(random, 9_000)}`,
    "*",
    "http://evil.example/chat/",
    "/me",
  ]);
  const head = `${random.pick(METHODS)} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines.join("")}\r\n`;
  await connection.send(Buffer.from(head.slice(0, random.pick([head.length, head.length, random.below(head.length)]))));
  if (random.below(3) === 0) await connection.send(Buffer.from(nastyText(random, 40_000)));
  if (random.below(2) === 0) connection.socket.end();
  await connection.end(500);
}

/** Posts forms with random fields, lengths and ends. */
async function form(target: Target, random: Random): Promise<void> {
  const connection = new Connection(target);
  const body = `nickname=${nastyPath(random, 4_000)}&room=${nastyPath(random, 500)}`;
  const isChunked = random.below(3) === 0;
  const length = random.pick([body.length, body.length, random.below(100_000)]);
  const framing = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
  const address = `http://127.0.0.1:${target.port}`;
  await connection.send(
    `POST /me HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nOrigin: ${address}\r\n${framing}\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\n\r\n`,
  );
  const chunk = random.pick([
    `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `zz\r\n${body}`,
    `ffffff\r\n${body}`,
  ]);
  await connection.send(isChunked ? chunk : body);
  if (random.below(2) === 0) connection.socket.resetAndDestroy();
  await connection.end(500);
}

/** Sends many requests at once on one connection, and leaves or reads nothing. */
async function pipeline(target: Target, random: Random): Promise<void> {
  const connection = new Connection(target);
  const path = random.pick(["/chat/big/", "/chat/", `/chat/${nastyPath(random, 60)}/`, "/healthz"]);
  if (random.below(2) === 0) connection.socket.pause();
  await connection.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(random.below(2_000)));
  await connection.end(random.below(1_000));
}

/** Sends the head of a request slowly and never finishes it. */
async function slowHead(target: Target, random: Random): Promise<void> {
  const connection = new Connection(target);
  await connection.send("GET /chat/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ");
  for (let byte = 0; byte < 5; byte += 1) {
    await connection.send("a");
    await new Promise((resolve) => setTimeout(resolve, random.below(100)));
  }
  await connection.end(500);
}

/** The attacks by name. */
export const httpAttacks: Readonly<Record<string, Attack>> = { rubbish, oddRequest, form, pipeline, slowHead };
