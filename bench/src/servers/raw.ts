/**
 * The ceiling of the driver: a process that does the least work that can pass. It counts frames by their length and
 * writes prepared bytes to every socket of the room.
 */
import { createServer, type Socket } from "node:net";
import { maskedTextFrame, PAYLOAD_BYTES, Traffic } from "../driver/traffic.ts";
import { wireProtocols } from "../driver/wire-protocol.ts";
import { ready } from "./ready.ts";

const REPLY = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
/** The first byte of a close frame. */
const CLOSE_FRAME = 0x88;

const frameBytes = maskedTextFrame("x".repeat(PAYLOAD_BYTES)).length;
const rooms = new Map<string, Room>();

class Room {
  readonly #name: string;
  readonly #members = new Set<Socket>();
  readonly #traffic: Traffic;
  #receivedBytes = 0;
  #sent = 0;

  constructor(name: string) {
    this.#name = name;
    this.#traffic = new Traffic(wireProtocols.plain, name, PAYLOAD_BYTES);
  }

  static named(name: string): Room {
    let room = rooms.get(name);
    if (room === undefined) rooms.set(name, (room = new Room(name)));
    return room;
  }

  join(socket: Socket): void {
    this.#members.add(socket);
    socket.write(REPLY);
  }

  leave(socket: Socket): void {
    this.#members.delete(socket);
    if (this.#members.size === 0) rooms.delete(this.#name);
  }

  receive(bytes: number): void {
    this.#receivedBytes += bytes;
    const count = Math.floor(this.#receivedBytes / frameBytes) - this.#sent;
    for (const frames of this.#traffic.expected(this.#sent, count)) {
      for (const member of this.#members) member.write(frames);
    }
    this.#sent += count;
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  let room: Room | undefined;
  socket.on("data", (bytes) => {
    if (room === undefined) {
      room = Room.named(/^GET \/rooms\/([^/]+)\//.exec(bytes.toString("latin1"))?.[1] ?? "");
      room.join(socket);
    } else if (bytes.readUInt8(0) === CLOSE_FRAME) {
      socket.end();
    } else {
      room.receive(bytes.length);
    }
  });
  socket.on("close", () => room?.leave(socket));
  socket.on("error", () => socket.destroy());
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") ready(address.port);
});
