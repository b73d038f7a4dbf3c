/**
 * `npm run check:abuse`: attacks a real Lobby for minutes or hours with seeded rubbish, and checks the promises P10 and
 * P11 meanwhile. It fails when the server ends, logs an error, forgets or doubles a message, or exceeds its memory.
 * It prints the times beside their targets: only a quiet machine can judge them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { HealthProbe } from "./health-probe.ts";
import { LobbyProcess } from "./lobby-process.ts";
import { Witness } from "./witness.ts";

/** The resident memory that the server may have under every attack. */
const MAX_MEMORY_BYTES = 600 * 1_048_576;

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? "2");
const seed = Number(values.seed ?? String(Date.now() % 1_000_000));
if (!(minutes > 0) || !Number.isInteger(seed))
  throw new Error("Expected --minutes to be positive and --seed an integer.");
console.log(`Attacking for ${minutes} minutes with --seed ${seed}`);

const { lobby, url } = await LobbyProcess.start(temporaryFolder());
const endsAtMs = Date.now() + minutes * 60_000;
const witness = new Witness(url, "witness");
const probe = new HealthProbe();
const attackers = ["127.0.0.2", "127.0.0.3"].map((address, index) => startAttacker(address, seed * 2 + index));
const measuring = measureMemory();
await Promise.all([witness.talk(endsAtMs), probe.run(new URL("/healthz", url), endsAtMs), measuring]);
const counts = await Promise.all(attackers);
const delays = lobby.isRunning ? await lobby.loopDelay() : undefined;
const exitCode = lobby.isRunning ? await lobby.stop() : undefined;

const problems = [
  ...witness.problems,
  ...lobby.errors.map((line) => `the log has an error: ${line}`),
  ...(exitCode === 0 ? [] : [`the server ended with ${exitCode ?? "a crash"}`]),
  ...(lobby.peakMemoryBytes <= MAX_MEMORY_BYTES ? [] : [`the memory exceeded ${inMebibytes(MAX_MEMORY_BYTES)}`]),
];
console.log(`Attacks: ${counts.join(" ")}`);
console.log(`Warnings: ${JSON.stringify(Object.fromEntries(lobby.warnings))}`);
console.log(`Messages acknowledged: ${witness.acknowledged.length}; connections lost: ${witness.connectionsLost}`);
console.log(`Peak memory: ${inMebibytes(lobby.peakMemoryBytes)}`);
const times = [
  { name: "/healthz, median", ms: probe.medianMs, targetMs: 100 },
  { name: "/healthz, worst", ms: probe.worstMs, targetMs: 1_500 },
  { name: "event loop delay, p99.9", ms: delays?.p999Ms ?? Number.NaN, targetMs: 100 },
];
console.log(`/healthz: ${probe.count} answers, ${probe.failures} failures`);
for (const { name, ms, targetMs } of times) console.log(`${name}: ${ms.toFixed(1)} ms (target ${targetMs})`);
const late = times.filter(({ ms, targetMs }) => !(ms <= targetMs));
for (const problem of problems.slice(0, 20)) console.log(`Broken: ${problem}`);
for (const { name } of late) console.log(`Over its target, perhaps because the machine was busy: ${name}`);
console.log(`${problems.length} promises were broken, ${late.length} times were over their targets.`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Starts a process of low priority that attacks from an address. Returns its counts as text. */
async function startAttacker(address: string, attackerSeed: number): Promise<string> {
  const script = new URL("./attacker.ts", import.meta.url).pathname;
  const args = [url.hostname, url.port, address, String(attackerSeed), String(endsAtMs)];
  const child = spawn("nice", ["-n", "19", process.execPath, "--conditions=source", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "close");
  return output.trim();
}

async function measureMemory(): Promise<void> {
  while (Date.now() < endsAtMs && lobby.isRunning) {
    await lobby.readMemory();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function inMebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MiB`;
}
