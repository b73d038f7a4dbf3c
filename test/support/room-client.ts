/** Sends messages to a room over the plain protocol, and resolves after the echo of the last one. */
export async function sayAll(pageUrl: string, texts: readonly string[]): Promise<void> {
  const url = new URL(pageUrl);
  const socket = new WebSocket(`ws://${url.host}/ws${url.pathname}`);
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
