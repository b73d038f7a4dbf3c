import { element } from "../lib/dom.ts";

/** A reader this close to the end counts as at the end. */
const NEAR_PX = 100;

/** The scroll position of the log. It follows the end unless the reader has scrolled up. */
export class Scroller {
  readonly #scroller = element("scroller", HTMLElement);
  readonly #button = element("new-messages", HTMLButtonElement);

  constructor() {
    this.#button.addEventListener("click", () => this.toEnd());
    this.#scroller.addEventListener("scroll", () => {
      if (this.#isAtEnd()) this.#button.hidden = true;
    });
    // The field grows, and the keyboard opens. A reader at the end stays at the end.
    new ResizeObserver(() => {
      if (this.#button.hidden) this.toEnd();
    }).observe(this.#scroller);
    this.toEnd();
  }

  /**
   * Changes the log. Then scrolls to the end if the reader was there, or else shows the button for new messages.
   * @param change Receives whether the reader is at the end, and returns whether it added messages.
   */
  around(change: (isAtEnd: boolean) => boolean): void {
    const wasAtEnd = this.#isAtEnd();
    if (!change(wasAtEnd)) return;
    if (wasAtEnd) this.toEnd();
    else this.#button.hidden = false;
  }

  toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#button.hidden = true;
  }

  #isAtEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }
}
