import type { Handler } from "hono";
import type { ClientFiles } from "../client-files.ts";
import type { Env } from "../context.ts";

/** Returns the handler of the files that pages link. Browsers keep a file for a year. */
export function assetRoute(files: ClientFiles): Handler<Env> {
  return (context) => {
    const file = files.get(context.env.url.pathname);
    if (file === undefined) return context.notFound();
    context.header("Cache-Control", "public, max-age=31536000, immutable");
    return context.body(file.body, 200, { "Content-Type": file.type });
  };
}
