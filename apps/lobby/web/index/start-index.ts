import { element } from "../lib/dom.ts";
import { enterToSend } from "../lib/enter-to-send.ts";
import { showTime } from "../lib/times.ts";

/** Starts the script of the index. */
export function startIndex(): void {
  const form = element("room-form", HTMLFormElement);
  const input = element("room-name-input", HTMLInputElement);
  enterToSend(input, () => form.requestSubmit());
  for (const time of document.querySelectorAll("time")) showTime(time, "full");
}
