import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ClientFiles } from "./client-files.ts";
import type { RequestContext } from "./context.ts";
import { layout, type Page } from "./pages/layout.ts";

/** Responds with a page in the visitor's language. The default status is 200. */
export type ShowPage = (context: RequestContext, page: Page, status?: ContentfulStatusCode) => Response;

/** Returns a `ShowPage` whose pages link these files. */
export function showPageWith(files: ClientFiles): ShowPage {
  return (context, page, status = 200) => {
    context.header("Cache-Control", "private, no-cache");
    context.header("Vary", "Accept-Language, Cookie");
    return context.html(layout(context.env.visitor.phrases, files, page) as string, status);
  };
}
