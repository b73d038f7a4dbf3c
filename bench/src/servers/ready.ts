/**
 * What every server of the benchmark that is written in JavaScript does beside
 * serving: it says where it listens, and gives back the memory that it does not
 * use when it is asked to, as its engine does by itself after a while.
 */
interface Engine {
  /** Node, with --expose-gc. The default flavor would keep the room for new objects, however empty. */
  readonly gc?: (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;
  readonly Bun?: { readonly gc: (force: boolean) => void };
}

const { gc, Bun } = globalThis as Engine;

process.on("SIGUSR2", () => {
  if (Bun === undefined) gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  else Bun.gc(true);
});

/** Tells the process that started this one. */
export function ready(port: number): void {
  console.log(`listening on ${port}`);
}
