/** The index: a room's name leads to its address. */
import { element } from "./dom.ts";
import { enterToSend } from "./enter-to-send.ts";
import { showTime } from "./times.ts";

/** Brings the page to life. */
export function startIndex(): void {
  const form = element("room-form", HTMLFormElement);
  const input = element("room-name-input", HTMLInputElement);
  enterToSend(input, () => form.requestSubmit());
  for (const time of document.querySelectorAll("time")) showTime(time, "full");
}
