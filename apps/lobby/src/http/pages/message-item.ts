import { html } from "hono/html";
import type { Entry } from "../../rooms/entry.ts";
import type { Html } from "./layout.ts";
import { timeElement } from "./time-element.ts";

/** Returns the list item of a message. */
export function messageItem({ seq, authorId, authorName, text, atMs }: Entry, isMine: boolean): Html {
  return item({
    attributes: html` class="message${isMine ? " mine" : ""}" data-seq="${seq}" data-author="${authorId}"`,
    author: authorName,
    time: timeElement(atMs),
    text,
  });
}

/** Returns the list item that the browser's script copies and fills for each later message. */
export function messageTemplate(): Html {
  return html`<template id="message-template">
    ${item({ attributes: html` class="message"`, author: "", time: html`<time></time>`, text: "" })}
  </template>`;
}

interface Parts {
  readonly attributes: Html;
  readonly author: string;
  readonly time: Html;
  readonly text: string;
}

/** The markup of a message. Nothing else in Lobby creates it. */
function item({ attributes, author, time, text }: Parts): Html {
  return html`<li${attributes}>
    <p class="meta">
      <b class="author"><bdi>${author}</bdi></b> ${time}
    </p>
    <p class="text" dir="auto">${text}</p>
  </li>`;
}
