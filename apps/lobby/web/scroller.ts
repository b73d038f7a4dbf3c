/** Where the log is scrolled to: at the end unless the reader went away from it. */
import { element } from "./dom.ts";

/** So close to the end counts as at the end. */
const NEAR_PX = 100;

/** See the head of this file. */
export class Scroller {
  readonly #scroller = element("scroller", HTMLElement);
  readonly #button = element("new-messages", HTMLButtonElement);

  constructor() {
    this.#button.addEventListener("click", () => this.toEnd());
    this.#scroller.addEventListener("scroll", () => {
      if (this.#isAtEnd()) this.#button.hidden = true;
    });
    // The field grows and the keyboard opens: whoever reads the end goes on reading the end.
    new ResizeObserver(() => {
      if (this.#button.hidden) this.toEnd();
    }).observe(this.#scroller);
    this.toEnd();
  }

  /**
   * Changes the log and stays at the end, or says that there is something new there.
   * @param change Is told whether the reader is at the end, and tells whether there is something new.
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
