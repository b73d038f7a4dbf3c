/** Folders that are gone when the test file is over and everything in them is closed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folders: string[] = [];

process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** An empty folder. */
export function temporaryFolder(parent: string = tmpdir()): string {
  const folder = mkdtempSync(path.join(parent, "lobby-test-"));
  folders.push(folder);
  return folder;
}
