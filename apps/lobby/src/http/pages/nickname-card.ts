import type { RoomName } from "@lobby/protocol";
import { html } from "hono/html";
import type { Phrases } from "../../locale/phrases.ts";
import type { Html } from "./layout.ts";

/** The path to which the form posts, and the names of its fields. */
export const RENAME_FORM = { path: "/me", nickname: "nickname", room: "room" } as const;

/** Returns the button with the visitor's name, and the form that it opens. */
export function nicknameCard({ nickname }: Phrases, room: RoomName, name: string): Html {
  return html`<button id="my-name" class="my-name" type="button" popovertarget="nickname-card" title="${nickname.open}">
      <bdi>${name}</bdi>
    </button>
    <div id="nickname-card" class="popover" popover>
      <form
        id="nickname-form"
        method="post"
        action="${RENAME_FORM.path}"
        data-failed="${nickname.failed}"
        data-saves-later="${nickname.savesLater}"
        data-saved="${nickname.saved}"
      >
        <label for="nickname-input">${nickname.label}</label>
        <div class="row">
          <input
            id="nickname-input"
            name="${RENAME_FORM.nickname}"
            type="text"
            value="${name}"
            autocomplete="nickname"
            required
          />
          <input type="hidden" name="${RENAME_FORM.room}" value="${room}" />
          <button type="submit">${nickname.save}</button>
        </div>
        <p class="quiet">${nickname.hint}</p>
        <p id="nickname-error" class="note" role="alert"></p>
      </form>
    </div>`;
}
