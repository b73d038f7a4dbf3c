import { INDEX_PATH, type RoomName } from "@lobby/protocol";
import { html } from "hono/html";
import type { Phrases } from "../../locale/phrases.ts";
import type { Entry } from "../../rooms/entry.ts";
import type { Html } from "./layout.ts";
import { messageTemplate } from "./message-item.ts";
import { messageList } from "./message-list.ts";
import { nicknameCard } from "./nickname-card.ts";

/** The data of a room's page. */
export interface RoomPage {
  readonly room: RoomName;
  /** The last entries of the room, oldest first. The page shows as many as fit. */
  readonly entries: readonly Entry[];
  readonly me: { readonly id: string; readonly name: string };
}

/** Returns the content of a room's page: the latest messages, and a field for a new one. */
export function roomPage(phrases: Phrases, { room, entries, me }: RoomPage): Html {
  const { room: text, refusals } = phrases;
  return html`<header class="bar">
      <a class="back" href="${INDEX_PATH}" aria-label="${text.allRooms}"><span aria-hidden="true">‹</span></a>
      <h1><bdi>${room}</bdi></h1>
      <p
        id="connection"
        role="status"
        data-connecting="${text.connecting}"
        data-reconnecting="${text.reconnecting}"
      ></p>
      ${nicknameCard(phrases, room, me.name)}
    </header>
    <main class="scroller" id="scroller" tabindex="-1">
      <ol
        id="chat-log"
        role="log"
        aria-live="off"
        aria-label="${text.log}"
        data-me="${me.id}"
        data-room="${room}"
        data-empty="${text.empty}"
        data-gap="${text.gap}"
        data-too-fast="${text.tooFast}"
        data-sends-later="${text.sendsLater}"
        data-sent="${text.sent}"
        data-canceled="${text.canceled}"
      >
        ${messageList(entries, me.id)}
      </ol>
    </main>
    <button id="new-messages" class="new-messages" type="button" hidden>${text.newMessages}</button>
    <form id="composer" class="composer" hidden>
      <label class="visually-hidden" for="chat-message-input">${text.messageLabel}</label>
      <textarea
        id="chat-message-input"
        rows="1"
        placeholder="${text.placeholder}"
        autocomplete="off"
        enterkeyhint="send"
        data-too-long="${text.tooLong}"
        data-marks="${refusals.LOBBY_MESSAGE_MARKS("{character}")}"
        data-characters="${refusals.LOBBY_MESSAGE_CHARACTERS("{character}")}"
      ></textarea>
      <button id="chat-message-submit" type="submit">${text.send}</button>
      <p id="composer-note" class="note" role="status"></p>
    </form>
    <noscript><p class="needs-script">${text.needsScript}</p></noscript>
    <div id="announcer" class="visually-hidden" aria-live="polite"></div>
    ${messageTemplate()}
    <template id="failure-template">
      <p class="failure">
        <span data-uncertain="${text.perhapsSent}">${text.notSent}</span> <button type="button">${text.retry}</button>
      </p>
    </template>
    <template id="wait-template">
      <p class="wait"><span role="timer"></span> <button type="button">${text.cancel}</button></p>
    </template>`;
}
