import { INDEX_PATH, roomPath } from "@lobby/protocol";
import { html } from "hono/html";
import type { Phrases } from "../../locale/phrases.ts";
import type { RoomSummary } from "../../rooms/room.ts";
import type { Html } from "./layout.ts";
import { timeElement } from "./time-element.ts";

/** The query parameter in which the form sends the name of a room. */
export const ROOM_FIELD = "room";

/** Returns the content of the index: a form for a room's name, and a list of rooms. */
export function indexPage({ index }: Phrases, rooms: readonly RoomSummary[]): Html {
  return html`<main class="card">
    <h1>${index.title}</h1>
    <p class="lead">${index.lead}</p>
    <form id="room-form" method="get" action="${INDEX_PATH}">
      <label for="room-name-input">${index.label}</label>
      <div class="row">
        <input
          id="room-name-input"
          name="${ROOM_FIELD}"
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
                    <span class="quiet">${index.messageCount(head)} · ${timeElement(lastAtMs)}</span>
                  </li>`,
              )}
            </ul>`
      }
    </section>
  </main>`;
}
