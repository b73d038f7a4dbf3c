import type { PlainError } from "@lobby/protocol";
import { Countdown } from "../lib/countdown.ts";
import { element, fromTemplate, part } from "../lib/dom.ts";

/** The visible wait of a line that the server refused for a while. */
export class WaitingLine {
  readonly #view = fromTemplate("wait-template", HTMLElement);
  readonly #countdown: Countdown;
  /** The sentence at the start, for screen readers. They do not hear each second. */
  readonly sentence: string;

  /**
   * @param item The item of the line.
   * @param waitMs The time until `onEnd`.
   * @param onCancel Called when the author gives the line up.
   */
  constructor(item: HTMLElement, error: PlainError["error"], waitMs: number, onEnd: () => void, onCancel: () => void) {
    const text = part(this.#view, "span", HTMLElement);
    const phrase = phraseOf(error);
    this.#countdown = new Countdown(
      waitMs,
      (seconds) => (text.textContent = phrase.replace("{seconds}", String(seconds))),
      onEnd,
    );
    this.sentence = text.textContent ?? "";
    part(this.#view, "button", HTMLButtonElement).addEventListener("click", onCancel);
    item.append(this.#view);
  }

  /** Removes the wait from the line. */
  end(): void {
    this.#countdown.cancel();
    this.#view.remove();
  }
}

/** Returns the sentence for the end of a wait, for screen readers. */
export function endOfWait(end: "sent" | "canceled"): string {
  return element("chat-log", HTMLOListElement).dataset[end] ?? "";
}

/** Returns the sentence for a refusal. The server explains every other refusal in its own words. */
function phraseOf({ code, message }: PlainError["error"]): string {
  const { tooFast = "", sendsLater = "" } = element("chat-log", HTMLOListElement).dataset;
  return code === "LOBBY_TOO_FAST" ? tooFast : `${message} ${sendsLater}`;
}
