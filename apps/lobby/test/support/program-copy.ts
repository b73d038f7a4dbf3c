import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { PROGRAM } from "./lobby-command.ts";

/** Copies the server's sources for a test that changes them. The copy is in the workspace, where it finds its packages. */
export async function copyProgram(): Promise<string> {
  const parent = path.join(PROGRAM, ".tmp");
  await mkdir(parent, { recursive: true });
  const copy = temporaryFolder(parent);
  await cp(path.join(PROGRAM, "src"), path.join(copy, "src"), { recursive: true });
  await cp(path.join(PROGRAM, "package.json"), path.join(copy, "package.json"));
  return copy;
}
