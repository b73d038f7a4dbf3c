import { fileURLToPath } from "node:url";

/** The path of the root of the repository, without a final slash. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
