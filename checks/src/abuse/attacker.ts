/** A process that attacks a server until a time. Arguments: host, port, local address, seed, end in ms since 1970. */
import { Random } from "@lobby/test-support/random";
import type { Target } from "./connection.ts";
import { httpAttacks } from "./attacks/http.ts";
import { socketAttacks } from "./attacks/sockets.ts";

/** The attacks that run at the same time. */
const CONCURRENCY = 24;

const [host = "", port = "", localAddress = "", seed = "", endsAtMs = ""] = process.argv.slice(2);
const target: Target = { host, port: Number(port), localAddress };
const attacks = Object.entries({ ...httpAttacks, ...socketAttacks });
const counts: Record<string, number> = {};

await Promise.all(Array.from({ length: CONCURRENCY }, (_, worker) => attackUntilEnd(worker)));
process.stdout.write(`${JSON.stringify(counts)}\n`);

async function attackUntilEnd(worker: number): Promise<void> {
  const random = new Random(Number(seed) * CONCURRENCY + worker);
  while (Date.now() < Number(endsAtMs)) {
    const [name, attack] = random.pick(attacks);
    counts[name] = (counts[name] ?? 0) + 1;
    await attack(target, random);
  }
}
