/** The page for what did not work. */
import { html } from "hono/html";
import type { Messages } from "../locale/messages.ts";
import type { Html } from "./layout.ts";

/** What went wrong, in the visitor's words. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** The content of the page. */
export function errorPage({ errors }: Messages, { status, title, detail }: Problem): Html {
  return html`<main class="card">
    <p class="status" aria-hidden="true">${status}</p>
    <h1>${title}</h1>
    <p>${detail}</p>
    <p><a href="/chat/">${errors.home}</a></p>
  </main>`;
}
