/** The rounds of a comparison. The fastest one counts, because other work on the machine only adds time. */
const ROUNDS = 5;

/** The least time of one measurement. Shorter calls run several times. */
const MIN_MS = 3;

/**
 * Returns how many times as much CPU time a synchronous function takes for an input of 4 × `size` as for one of `size`.
 * Linear work gives about 4, and quadratic work about 16.
 */
export function cpuGrowth<Input>(size: number, input: (size: number) => Input, run: (input: Input) => unknown): number {
  const [small, large] = [input(size), input(4 * size)];
  const cpuMs = (value: Input, repeats: number): number => {
    const before = process.cpuUsage();
    for (let count = 0; count < repeats; count += 1) run(value);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  let repeats = 1;
  while (cpuMs(small, repeats) < MIN_MS) repeats *= 2;
  let [one, four] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round += 1) {
    one = Math.min(one, cpuMs(small, repeats));
    four = Math.min(four, cpuMs(large, repeats));
  }
  return four / one;
}
