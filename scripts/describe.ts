/** `npm run describe`: writes the public API of each package to its `api` folder, the page of error codes, and the page of limits. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describePackages } from "./api-description.ts";
import { ERROR_PAGE, errorPage } from "./error-codes-page.ts";
import { LIMITS_PAGE, limitsPage } from "./limits-page.ts";

const root = path.join(import.meta.dirname, "..");
const descriptions = await describePackages();
for (const folder of new Set([...descriptions.keys()].map((file) => path.dirname(file)))) {
  await rm(path.join(root, folder), { recursive: true, force: true });
  await mkdir(path.join(root, folder));
}
for (const [file, description] of descriptions) await writeFile(path.join(root, file), description);
await writeFile(path.join(root, ERROR_PAGE), await errorPage());
await writeFile(path.join(root, LIMITS_PAGE), await limitsPage());
