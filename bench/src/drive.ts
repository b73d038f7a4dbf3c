/** Runs one order in a fresh driver, a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onCore } from "./cores.ts";
import type { Measurement, Order, Outcome } from "./driver/main.ts";
import type { Target } from "./driver/swarm.ts";

const MAIN = fileURLToPath(new URL("driver/main.ts", import.meta.url));

/** @throws {Error} When the server did not do what it should: what was measured is worth nothing. */
export async function drive(target: Target, spec: Order["spec"]): Promise<Measurement> {
  const [file, args] = onCore("driver", [process.execPath, MAIN, JSON.stringify({ target, spec })]);
  const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const outcomes: Outcome[] = [];
  child.on("message", (message) => outcomes.push(message as Outcome));
  const [code] = (await once(child, "exit")) as [number | null];
  const [outcome = { fault: `The driver ended with ${code}.` }] = outcomes;
  if ("fault" in outcome) throw new Error(outcome.fault);
  return outcome.measurement;
}
