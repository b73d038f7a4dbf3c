import { html } from "hono/html";
import type { Phrases } from "../../locale/phrases.ts";
import type { ClientFiles } from "../client-files.ts";

/** A piece of HTML with escaped values. */
export type Html = ReturnType<typeof html>;

/** Returns the text of a piece. Hono's type calls the piece a string, but it is an object. */
export function textOf(piece: Html): string {
  return piece.valueOf() as string;
}

/** One page without the parts that all pages share. */
export interface Page {
  readonly title: string;
  /** The class of the body element is this name with "-page" after it. Styles and the script select by it. */
  readonly name: "index" | "room" | "error";
  readonly content: Html;
}

/** Returns the whole document of a page. */
export function layout({ languageTag }: Phrases, files: ClientFiles, { title, name, content }: Page): Html {
  return html`<!doctype html>
    <html lang="${languageTag}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="${files.icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${files.style}" />
        <script type="module" src="${files.script}"></script>
      </head>
      <body class="${name}-page">
        ${content}
      </body>
    </html> `;
}
