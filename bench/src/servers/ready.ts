/** The parts that all servers in JavaScript share: they report their port, and collect garbage on SIGUSR2. */
interface Engine {
  /** Node's collector, with --expose-gc. Only "last-resort" also frees the empty pages of the young generation. */
  readonly gc?: (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;
  readonly Bun?: { readonly gc: (force: boolean) => void };
}

const { gc, Bun } = globalThis as Engine;

process.on("SIGUSR2", () => {
  if (Bun === undefined) gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  else Bun.gc(true);
});

/** Prints the ready line, which the benchmark waits for. */
export function ready(port: number): void {
  console.log(`listening on ${port}`);
}
