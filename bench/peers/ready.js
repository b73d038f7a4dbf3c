/** What every peer does beside serving: says where it listens, and clears up when asked. */
process.on("SIGUSR2", () => (globalThis.Bun ? Bun.gc(true) : globalThis.gc?.()));

export function ready(port) {
  console.log(`listening on ${port}`);
}
