import type { PlainMessage } from "@lobby/protocol";
import { element } from "../lib/dom.ts";

/** Messages within this time become one announcement. */
const BATCH_MS = 1000;

/**
 * Announces new messages to visitors who do not see them: in a live region for screen readers, and as a count in the
 * title of a hidden page.
 */
export class Announcer {
  readonly #region = element("announcer", HTMLElement);
  readonly #title = document.title;
  #lines: string[] = [];
  #unseen = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#count(0);
    });
  }

  /** Announces a message of another person. */
  announce({ author, message }: PlainMessage): void {
    if (document.visibilityState === "hidden") this.#count(this.#unseen + 1);
    this.say(`${author.name}: ${message}`);
  }

  /** Announces a sentence to screen readers. */
  say(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > 1) return;
    setTimeout(() => {
      this.#region.textContent = this.#lines.join("\n");
      this.#lines = [];
    }, BATCH_MS);
  }

  #count(unseen: number): void {
    this.#unseen = unseen;
    document.title = unseen === 0 ? this.#title : `(${unseen}) ${this.#title}`;
  }
}
