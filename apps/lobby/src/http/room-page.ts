/** `/chat/<room>/`: what was said, and a field to say something. */
import { html } from "hono/html";
import { MAX_MESSAGE_CODE_POINTS, MAX_NICKNAME_CODE_POINTS } from "@lobby/protocol";
import type { Entry } from "../domain/entries.ts";
import type { RoomName } from "../domain/rooms.ts";
import type { Messages } from "../locale/messages.ts";
import type { Html } from "./layout.ts";
import { time } from "./time.ts";

/** What the page shows. */
export interface RoomPage {
  readonly room: RoomName;
  readonly entries: readonly Entry[];
  readonly me: { readonly id: string; readonly name: string };
}

/** The content of the page. The script fills the template for each message that comes later. */
export function roomPage(messages: Messages, { room, entries, me }: RoomPage): Html {
  const { room: text } = messages;
  return html`<header class="bar">
      <a class="back" href="/chat/" aria-label="${text.allRooms}"><span aria-hidden="true">‹</span></a>
      <h1><bdi>${room}</bdi></h1>
      <p
        id="connection"
        role="status"
        data-connecting="${text.connecting}"
        data-reconnecting="${text.reconnecting}"
      ></p>
      ${nicknameCard(messages, room, me.name)}
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
      >
        ${entries.map((entry) => messageItem(entry, me.id))}
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
        data-max-code-points="${MAX_MESSAGE_CODE_POINTS}"
        data-too-long="${text.tooLong}"
      ></textarea>
      <button id="chat-message-submit" type="submit">${text.send}</button>
      <p id="composer-note" class="note" role="status"></p>
    </form>
    <noscript><p class="needs-script">${text.needsScript}</p></noscript>
    <div id="announcer" class="visually-hidden" aria-live="polite"></div>
    <template id="message-template">
      <li class="message">
        <p class="meta"><b class="author"></b> <time></time></p>
        <p class="text"></p>
      </li>
    </template>
    <template id="failure-template">
      <p class="failure"><span>${text.notSent}</span> <button type="button">${text.retry}</button></p>
    </template>`;
}

function messageItem({ seq, authorId, authorName, text, atMs }: Entry, me: string): Html {
  return html`<li class="message${authorId === me ? " mine" : ""}" data-seq="${seq}" data-author="${authorId}">
    <p class="meta">
      <b class="author"><bdi>${authorName}</bdi></b> ${time(atMs)}
    </p>
    <p class="text" dir="auto">${text}</p>
  </li>`;
}

function nicknameCard({ nickname }: Messages, room: RoomName, name: string): Html {
  return html`<button id="my-name" class="my-name" type="button" popovertarget="nickname-card" title="${nickname.open}">
      <bdi>${name}</bdi>
    </button>
    <div id="nickname-card" class="popover" popover>
      <form id="nickname-form" method="post" action="/me" data-failed="${nickname.failed}">
        <label for="nickname-input">${nickname.label}</label>
        <div class="row">
          <input
            id="nickname-input"
            name="nickname"
            type="text"
            value="${name}"
            autocomplete="nickname"
            data-max-code-points="${MAX_NICKNAME_CODE_POINTS}"
            required
          />
          <input type="hidden" name="room" value="${room}" />
          <button type="submit">${nickname.save}</button>
        </div>
        <p class="quiet">${nickname.hint}</p>
        <p id="nickname-error" class="note" role="alert"></p>
      </form>
    </div>`;
}
