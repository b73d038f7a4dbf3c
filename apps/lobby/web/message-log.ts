/** The list of messages: in order, without a hole, in local time. */
import type { PlainMessage } from "@lobby/protocol";
import { element, fromTemplate, part } from "./dom.ts";
import { dayOf, showTime } from "./times.ts";

/** Messages of one author closer than this stand under one name. */
const GROUP_MS = 5 * 60 * 1000;

/** See the head of this file. */
export class MessageLog {
  readonly me: string;
  readonly room: string;
  readonly #list = element("chat-log", HTMLOListElement);

  constructor() {
    const { me = "", room = "" } = this.#list.dataset;
    this.me = me;
    this.room = room;
    for (const item of this.#items()) this.#dress(item);
  }

  /** The number of the last message shown; 0 when there is none. */
  get lastSeq(): number {
    return Number(this.#items().at(-1)?.dataset["seq"] ?? 0);
  }

  /** Shows a message in its place. @returns false when it was there already. */
  add(message: PlainMessage): boolean {
    const item = fromTemplate("message-template", HTMLLIElement);
    const { seq, author, atMs } = message;
    item.dataset["seq"] = String(seq);
    item.dataset["author"] = author.id;
    item.classList.toggle("mine", author.id === this.me);
    const name = document.createElement("bdi");
    name.textContent = author.name;
    part(item, ".author", HTMLElement).replaceChildren(name);
    part(item, "time", HTMLTimeElement).dateTime = new Date(atMs).toISOString();
    const text = part(item, ".text", HTMLElement);
    text.dir = "auto";
    text.textContent = message.message;
    return this.#insert(item);
  }

  /**
   * Takes over what a freshly loaded page shows. When so much was said in
   * between that the pages do not meet, the new one stands alone.
   * @returns the texts of one's own messages that are new here.
   */
  merge(page: Document): readonly string[] {
    const fresh = [...page.querySelectorAll<HTMLLIElement>("#chat-log > .message")];
    const first = Number(fresh[0]?.dataset["seq"] ?? 0);
    const { lastSeq } = this;
    if (lastSeq > 0 && first > lastSeq + 1) {
      for (const item of this.#list.querySelectorAll(".message[data-seq], .day")) item.remove();
    }
    const added = fresh.map((item) => document.importNode(item, true)).filter((item) => this.#insert(item));
    const mine = added.filter((item) => item.dataset["author"] === this.me && Number(item.dataset["seq"]) > lastSeq);
    return mine.map((item) => part(item, ".text", HTMLElement).textContent ?? "");
  }

  /** Shows something at the end that has no number yet. */
  append(item: HTMLElement): void {
    this.#list.append(item);
  }

  #items(): HTMLLIElement[] {
    return [...this.#list.querySelectorAll<HTMLLIElement>(".message[data-seq]")];
  }

  #insert(item: HTMLLIElement): boolean {
    const seq = Number(item.dataset["seq"]);
    const items = this.#items();
    let index = items.length;
    while (index > 0 && Number(items[index - 1]?.dataset["seq"]) > seq) index -= 1;
    const before = items[index - 1];
    if (Number(before?.dataset["seq"]) === seq) return false;
    // Behind the last message, but before those of mine that are on their way.
    if (before !== undefined) before.after(item);
    else this.#list.prepend(item);
    this.#dress(item);
    const after = items[index];
    if (after !== undefined) this.#dress(after);
    return true;
  }

  /** Local time, the day where a new one begins, and the name only where the author changes. */
  #dress(item: HTMLLIElement): void {
    const time = part(item, "time", HTMLTimeElement);
    showTime(time, "clock");
    if (item.previousElementSibling?.classList.contains("day") === true) item.previousElementSibling.remove();
    const previous = item.previousElementSibling;
    const before = previous instanceof HTMLLIElement && previous.dataset["seq"] !== undefined ? previous : undefined;
    const beforeTime = before && part(before, "time", HTMLTimeElement);
    const isNewDay = beforeTime === undefined || dayOf(beforeTime) !== dayOf(time);
    if (isNewDay) item.before(dayLine(dayOf(time)));
    const isClose = beforeTime !== undefined && Date.parse(time.dateTime) - Date.parse(beforeTime.dateTime) < GROUP_MS;
    const isSameAuthor =
      before !== undefined &&
      before.dataset["author"] === item.dataset["author"] &&
      part(before, ".author", HTMLElement).textContent === part(item, ".author", HTMLElement).textContent;
    item.classList.toggle("continued", isClose && isSameAuthor && !isNewDay);
  }
}

function dayLine(text: string): HTMLLIElement {
  const line = document.createElement("li");
  line.className = "day";
  line.textContent = text;
  return line;
}
