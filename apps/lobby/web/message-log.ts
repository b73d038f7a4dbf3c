/** The list of messages: in order, without a hole, in local time. */
import type { PlainMessage } from "@lobby/protocol";
import { element, fromTemplate, part } from "./dom.ts";
import { dayOf, showTime } from "./times.ts";

/** Messages of one author closer than this stand under one name. */
const GROUP_MS = 5 * 60 * 1000;

/** While the reader is at the end, no more than this many are kept. */
const MAX_MESSAGES = 500;

/** See the head of this file. */
export class MessageLog {
  readonly room: string;
  readonly #list = element("chat-log", HTMLOListElement);
  /** What is shown, by number. */
  readonly #items = new Map<number, HTMLLIElement>();
  /** Those that came with a page and not by the connection, and were not claimed yet. */
  readonly #fetched = new Set<number>();
  /** Everybody I have been on this page: a cookie can be replaced by another tab's. */
  readonly #identities = new Set<string>();
  #me = "";
  #lastSeq = 0;

  constructor() {
    this.room = this.#list.dataset["room"] ?? "";
    this.#learnWhoIAm(this.#list);
    for (const item of messagesIn(this.#list)) this.#insert(item);
  }

  /** Who I am, as far as the last page knew. */
  get me(): string {
    return this.#me;
  }

  /** The number of the last message shown; 0 when there is none. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  isMe(authorId: string): boolean {
    return this.#identities.has(authorId);
  }

  /** Shows a message in its place. @returns false when it was there already. */
  add({ seq, author, atMs, message }: PlainMessage, isMine: boolean): boolean {
    this.#fetched.delete(seq);
    const shown = this.#items.get(seq);
    if (shown !== undefined) {
      if (isMine) shown.classList.add("mine");
      return false;
    }
    const item = fromTemplate("message-template", HTMLLIElement);
    item.dataset["seq"] = String(seq);
    item.dataset["author"] = author.id;
    item.classList.toggle("mine", isMine);
    const name = document.createElement("bdi");
    name.textContent = author.name;
    part(item, ".author", HTMLElement).replaceChildren(name);
    part(item, "time", HTMLTimeElement).dateTime = new Date(atMs).toISOString();
    const text = part(item, ".text", HTMLElement);
    text.dir = "auto";
    text.textContent = message;
    return this.#insert(item);
  }

  /**
   * Takes over what a freshly loaded page shows, and who it says I am. When so
   * much was said in between that the page does not reach back to what is shown,
   * it stands alone.
   */
  merge(page: Document): void {
    const list = part(page, "#chat-log", HTMLOListElement);
    this.#learnWhoIAm(list);
    const fetched = messagesIn(list).map((item) => document.importNode(item, true));
    const first = fetched[0] === undefined ? 0 : seqOf(fetched[0]);
    if (!this.#items.has(first - 1)) this.#dropWhile((seq) => seq < first);
    for (const item of fetched) if (this.#insert(item)) this.#fetched.add(seqOf(item));
  }

  /**
   * Whether something I said is among the messages behind this one, although its
   * echo never came. Each message answers for one line.
   */
  claim(text: string, afterSeq: number): boolean {
    for (const seq of this.#fetched) {
      const item = this.#items.get(seq);
      if (item === undefined || seq <= afterSeq || !this.isMe(authorOf(item)) || textOf(item) !== text) continue;
      return this.#fetched.delete(seq);
    }
    return false;
  }

  /** Forgets the oldest messages when there are too many. */
  trim(): void {
    this.#dropWhile(() => this.#items.size > MAX_MESSAGES);
  }

  /** Shows something at the end that has no number yet. */
  append(item: HTMLElement): void {
    this.#list.append(item);
  }

  #learnWhoIAm(list: HTMLOListElement): void {
    this.#me = list.dataset["me"] ?? "";
    if (this.isMe(this.#me)) return;
    this.#identities.add(this.#me);
    for (const item of this.#items.values()) if (authorOf(item) === this.#me) item.classList.add("mine");
  }

  #insert(item: HTMLLIElement): boolean {
    const seq = seqOf(item);
    if (this.#items.has(seq)) return false;
    const before = this.#items.get(seq > this.#lastSeq ? this.#lastSeq : seq - 1);
    // Behind the last message, but before those of mine that are on their way.
    if (before !== undefined) before.after(item);
    else this.#list.prepend(item);
    this.#items.set(seq, item);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.#dress(item);
    const after = this.#items.get(seq + 1);
    if (after !== undefined) this.#dress(after);
    return true;
  }

  /** Removes the first message for as long as it should not be there. */
  #dropWhile(isUnwanted: (seq: number) => boolean): void {
    for (;;) {
      const item = this.#list.querySelector<HTMLLIElement>(".message[data-seq]");
      if (item === null || !isUnwanted(seqOf(item))) return;
      this.#items.delete(seqOf(item));
      this.#fetched.delete(seqOf(item));
      const next = this.#items.get(seqOf(item) + 1);
      if (isDay(item.previousElementSibling)) item.previousElementSibling.remove();
      item.remove();
      if (next !== undefined) this.#dress(next);
    }
  }

  /** Local time, the day where a new one begins, and the name only where the author changes. */
  #dress(item: HTMLLIElement): void {
    const time = part(item, "time", HTMLTimeElement);
    showTime(time, "clock");
    if (isDay(item.previousElementSibling)) item.previousElementSibling.remove();
    const previous = item.previousElementSibling;
    const before = previous instanceof HTMLLIElement && previous.dataset["seq"] !== undefined ? previous : undefined;
    const beforeTime = before && part(before, "time", HTMLTimeElement);
    const isNewDay = beforeTime === undefined || dayOf(beforeTime) !== dayOf(time);
    if (isNewDay) item.before(dayLine(dayOf(time)));
    const isClose = beforeTime !== undefined && Date.parse(time.dateTime) - Date.parse(beforeTime.dateTime) < GROUP_MS;
    const isSameAuthor =
      before !== undefined &&
      authorOf(before) === authorOf(item) &&
      part(before, ".author", HTMLElement).textContent === part(item, ".author", HTMLElement).textContent;
    item.classList.toggle("continued", isClose && isSameAuthor && !isNewDay);
  }
}

function messagesIn(list: HTMLOListElement): HTMLLIElement[] {
  return [...list.querySelectorAll<HTMLLIElement>(".message[data-seq]")];
}

function seqOf(item: HTMLLIElement): number {
  return Number(item.dataset["seq"]);
}

function authorOf(item: HTMLLIElement): string {
  return item.dataset["author"] ?? "";
}

function textOf(item: HTMLLIElement): string {
  return part(item, ".text", HTMLElement).textContent ?? "";
}

function isDay(line: Element | null): line is HTMLElement {
  return line?.classList.contains("day") === true;
}

function dayLine(text: string): HTMLLIElement {
  const line = document.createElement("li");
  line.className = "day";
  line.textContent = text;
  return line;
}
