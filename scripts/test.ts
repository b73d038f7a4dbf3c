/** `npm test`: runs every check in order, and stops at the first one that fails. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { findBrowser, findHaproxy, findNginx, findRedis } from "./find-program.ts";

interface Step {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

const TESTS = [
  "packages/*/test/**/*.test.ts",
  "apps/*/test/**/*.test.ts",
  "examples/*/test/**/*.test.ts",
  "bench/test/**/*.test.ts",
  "test/**/*.test.ts",
];

const STEPS: readonly Step[] = [
  { title: "format", command: "oxfmt", args: ["--check", "."] },
  { title: "lint", command: "oxlint", args: ["--type-aware", "--deny-warnings"] },
  { title: "types", command: "node", args: ["node_modules/typescript/bin/tsc", "--build"] },
  { title: "dead code", command: "knip", args: [] },
  { title: "build", command: "node", args: ["scripts/build.ts"] },
  { title: "tests", command: "node", args: ["--conditions=source", "--test", "--test-timeout=120000", ...TESTS] },
];

/** Runs one step, whose output goes to the terminal. Returns whether it succeeded. */
async function run({ title, command, args }: Step): Promise<boolean> {
  console.log(`\n› ${title}`);
  const startedAtMs = performance.now();
  const child = spawn(command, [...args], { stdio: "inherit", shell: false });
  const [code] = (await once(child, "exit")) as [number | null];
  console.log(`  ${code === 0 ? "done" : "failed"} in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
  return code === 0;
}

try {
  const programs = [await findBrowser(), await findRedis(), await findNginx(), await findHaproxy()];
  console.log(`The tests use ${programs.join(", ")}`);
  for (const step of STEPS) {
    if (await run(step)) continue;
    process.exitCode = 1;
    break;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
