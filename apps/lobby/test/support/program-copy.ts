/** A copy of the program, for tests that change its files. */
import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { PROGRAM } from "./command.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

/** The folder of a copy of the server's sources, below the workspace so that it finds its packages. */
export async function copyProgram(): Promise<string> {
  const parent = path.join(PROGRAM, ".tmp");
  await mkdir(parent, { recursive: true });
  const copy = temporaryFolder(parent);
  await cp(path.join(PROGRAM, "src"), path.join(copy, "src"), { recursive: true });
  await cp(path.join(PROGRAM, "package.json"), path.join(copy, "package.json"));
  return copy;
}
