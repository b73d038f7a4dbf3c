import type { Handler } from "hono";
import { accepts } from "hono/accepts";
import type { ClientFiles } from "../client-files.ts";
import type { Env } from "../context.ts";

/** Returns the handler of the files that pages link. Browsers keep a file for a year, and receive it compressed. */
export function assetRoute(files: ClientFiles): Handler<Env> {
  return (context) => {
    const file = files.get(context.env.url.pathname);
    if (file === undefined) return context.notFound();
    context.header("Cache-Control", "public, max-age=31536000, immutable");
    context.header("Vary", "Accept-Encoding");
    context.header("Content-Type", file.type);
    const encoding = accepts(context, { header: "Accept-Encoding", supports: ["gzip"], default: "identity" });
    if (encoding === "identity") return context.body(file.body);
    context.header("Content-Encoding", encoding);
    return context.body(file.gzipped);
  };
}
