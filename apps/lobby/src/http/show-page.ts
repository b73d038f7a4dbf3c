import { createHash } from "node:crypto";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ClientFiles } from "./client-files.ts";
import type { RequestContext } from "./context.ts";
import { layout, textOf, type Page } from "./pages/layout.ts";

/** Responds with a page in the visitor's language. The default status is 200. */
export type ShowPage = (context: RequestContext, page: Page, status?: ContentfulStatusCode) => Response;

/** Returns a `ShowPage` whose pages link these files. */
export function showPageWith(files: ClientFiles): ShowPage {
  return (context, page, status = 200) => {
    context.header("Cache-Control", "private, no-cache");
    context.header("Vary", "Accept-Language, Cookie");
    const html = textOf(layout(context.env.visitor.phrases, files, page));
    context.header("ETag", `"${createHash("sha1").update(html).digest("base64url")}"`);
    return context.html(html, status);
  };
}
