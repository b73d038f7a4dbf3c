/** `/chat/`: a field for a room's name, and the rooms that are open. */
import { html } from "hono/html";
import { roomPath, type RoomSummary } from "../domain/rooms.ts";
import type { Messages } from "../locale/messages.ts";
import type { Html } from "./layout.ts";
import { time } from "./time.ts";

/** The content of the page. */
export function indexPage({ index }: Messages, rooms: readonly RoomSummary[]): Html {
  return html`<main class="card">
    <h1>${index.title}</h1>
    <p class="lead">${index.lead}</p>
    <form id="room-form" method="get" action="/chat/">
      <label for="room-name-input">${index.label}</label>
      <div class="row">
        <input
          id="room-name-input"
          name="room"
          type="text"
          autocomplete="off"
          autocapitalize="off"
          placeholder="${index.placeholder}"
          autofocus
          required
        />
        <input id="room-name-submit" type="submit" value="${index.enter}" />
      </div>
    </form>
    <section aria-labelledby="rooms-title">
      <h2 id="rooms-title">${index.rooms}</h2>
      ${
        rooms.length === 0
          ? html`<p class="quiet">${index.noRooms}</p>`
          : html`<ul class="rooms">
              ${rooms.map(
                ({ name, head, lastAtMs }) =>
                  html`<li>
                    <a href="${roomPath(name)}"><bdi>${name}</bdi></a>
                    <span class="quiet">${index.messageCount(head)} · ${time(lastAtMs)}</span>
                  </li>`,
              )}
            </ul>`
      }
    </section>
  </main>`;
}
