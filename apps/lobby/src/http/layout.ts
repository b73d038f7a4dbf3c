/** What every page has around its content. */
import { html } from "hono/html";
import type { Messages } from "../locale/messages.ts";
import type { Assets } from "./assets.ts";

/** A piece of HTML whose values have been escaped. */
export type Html = ReturnType<typeof html>;

/** One page. */
export interface Page {
  readonly title: string;
  /** Goes on the body element, for the styles. */
  readonly name: "index" | "room" | "error";
  readonly content: Html;
}

/** A whole document. */
export function layout({ languageTag }: Messages, assets: Assets, { title, name, content }: Page): Html {
  return html`<!doctype html>
    <html lang="${languageTag}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="${assets.icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${assets.style}" />
        <script type="module" src="${assets.script}"></script>
      </head>
      <body class="${name}-page">
        ${content}
      </body>
    </html> `;
}
