/** The command `lobby`. */
import { run } from "./operations/cli/run.ts";

process.exitCode = await run(
  process.argv.slice(2),
  { environment: process.env, print: (line) => process.stdout.write(`${line}\n`) },
  (text) => process.stderr.write(`${text}\n`),
);
