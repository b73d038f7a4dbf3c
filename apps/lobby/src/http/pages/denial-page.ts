import { INDEX_PATH, roomPath, type RoomName } from "@lobby/protocol";
import { html } from "hono/html";
import type { Phrases } from "../../locale/phrases.ts";
import type { Html } from "./layout.ts";

/** A denial in the visitor's language. */
export interface DenialPage {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The room to enter instead. */
  readonly room?: RoomName | undefined;
}

/** Returns the content of the page that explains a denial. */
export function denialPage({ errors }: Phrases, { status, title, detail, room }: DenialPage): Html {
  return html`<main class="card">
    <p class="status" aria-hidden="true">${status}</p>
    <h1>${title}</h1>
    <p>${detail}</p>
    ${
      room === undefined
        ? ""
        : html`<p>
            <a href="${roomPath(room)}"><bdi>${room}</bdi></a>
          </p>`
    }
    <p><a href="${INDEX_PATH}">${errors.home}</a></p>
  </main>`;
}
