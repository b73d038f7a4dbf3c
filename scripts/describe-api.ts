/** `npm run api`: writes what each package exports to its `api` folder, where a change to it is seen. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describePackages } from "./api-description.ts";

const root = path.join(import.meta.dirname, "..");
const descriptions = await describePackages();
for (const folder of new Set([...descriptions.keys()].map((file) => path.dirname(file)))) {
  await rm(path.join(root, folder), { recursive: true, force: true });
  await mkdir(path.join(root, folder));
}
for (const [file, description] of descriptions) await writeFile(path.join(root, file), description);
