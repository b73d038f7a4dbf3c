/** What every server of the benchmark does beside serving: says where it listens, and clears up when asked. */
process.on("SIGUSR2", () => globalThis.gc?.());

/** Tells the process that started this one. */
export function ready(port: number): void {
  console.log(`listening on ${port}`);
}
