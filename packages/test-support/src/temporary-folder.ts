/** Temporary folders that are removed when the test file ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folders: string[] = [];

process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Creates an empty folder and returns its path. */
export function temporaryFolder(parent: string = tmpdir()): string {
  const folder = mkdtempSync(path.join(parent, "lobby-test-"));
  folders.push(folder);
  return folder;
}
