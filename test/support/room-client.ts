import { roomSocketUrl } from "./room-address.ts";

/** Sends messages to a room over the plain protocol, and resolves after the echo of the last one. */
export async function sayAll(origin: string, room: string, texts: readonly string[]): Promise<void> {
  const socket = new WebSocket(roomSocketUrl(origin, room));
  await new Promise((resolve) => {
    socket.addEventListener("open", resolve);
  });
  const done = new Promise<void>((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      if (JSON.parse(String(data)).message === texts.at(-1)) resolve();
    });
  });
  for (const message of texts) socket.send(JSON.stringify({ message }));
  await done;
  socket.close();
}

/** Returns numbered texts: "line 1", "line 2" … */
export function numbered(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${word} ${index + 1}`);
}
