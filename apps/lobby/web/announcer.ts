/** Tells those who do not look: a hidden line for screen readers, and a number in the title. */
import type { PlainMessage } from "@lobby/protocol";
import { element } from "./dom.ts";

/** Lines that come within this are read out together. */
const BATCH_MS = 1000;

/** See the head of this file. */
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

  /** A message of somebody else came while the page was open. */
  announce({ author, message }: PlainMessage): void {
    if (document.visibilityState === "hidden") this.#count(this.#unseen + 1);
    this.#lines.push(`${author.name}: ${message}`);
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
