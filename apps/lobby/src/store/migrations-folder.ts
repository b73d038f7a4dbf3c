/** Where migrations are, one file each, run in the order of their names. */
import path from "node:path";

export const MIGRATIONS_FOLDER: string = path.join(import.meta.dirname, "migrations");
