import type { PlainMessage, RoomName } from "@lobby/protocol";
import { element, part } from "../lib/dom.ts";
import { dayOf, showTime } from "../lib/times.ts";
import {
  authorIdOf,
  authorNameOf,
  firstNumberedItem,
  isNumberedItem,
  messageItem,
  numberedItems,
  seqOf,
  textOf,
  timeOf,
} from "./message-view.ts";

/** Consecutive messages of one author within this time show the name once. */
const GROUP_MS = 5 * 60 * 1000;

/** The log keeps at most this many messages while the reader is at the end. */
const MAX_MESSAGES = 500;

/** The list of messages: in order, without gaps, in local time. */
export class MessageLog {
  readonly room: RoomName;
  readonly #list = element("chat-log", HTMLOListElement);
  /** The items by the numbers of their messages. */
  readonly #items = new Map<number, HTMLLIElement>();
  /** The messages that came with a page instead of the connection, and that `claim` has not matched yet. */
  readonly #fetched = new Set<number>();
  /** Every id that the visitor has had on this page. Another tab can replace the cookie. */
  readonly #identities = new Set<string>();
  #me = "";
  #lastSeq = 0;

  constructor() {
    this.room = this.#list.dataset["room"] as RoomName;
    this.#updateIdentity(this.#list);
    for (const item of numberedItems(this.#list)) this.#insert(item);
  }

  /** The visitor's id on the latest page. */
  get me(): string {
    return this.#me;
  }

  /** The number of the last message in the log; 0 for an empty log. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  isMe(authorId: string): boolean {
    return this.#identities.has(authorId);
  }

  /** Inserts a message at its place. @returns false when the log already had it. */
  add(message: PlainMessage, isMine: boolean): boolean {
    this.#fetched.delete(message.seq);
    const shown = this.#items.get(message.seq);
    if (shown === undefined) return this.#insert(messageItem(message, isMine));
    if (isMine) shown.classList.add("mine");
    return false;
  }

  /**
   * Inserts the messages of a newly loaded page, and takes over the visitor's id. When there is a gap between the log
   * and the page, the log drops its older messages.
   */
  merge(page: Document): void {
    const list = part(page, "#chat-log", HTMLOListElement);
    this.#updateIdentity(list);
    const fetched = numberedItems(list).map((item) => document.importNode(item, true));
    const first = fetched[0] === undefined ? 0 : seqOf(fetched[0]);
    if (!this.#items.has(first - 1)) this.#dropWhile((seq) => seq < first);
    for (const item of fetched) if (this.#insert(item)) this.#fetched.add(seqOf(item));
  }

  /**
   * Tells whether a text of the visitor is among the fetched messages after `afterSeq`. Each message matches at most
   * one text.
   */
  claim(text: string, afterSeq: number): boolean {
    for (const seq of this.#fetched) {
      const item = this.#items.get(seq);
      if (item === undefined || seq <= afterSeq || !this.isMe(authorIdOf(item)) || textOf(item) !== text) continue;
      return this.#fetched.delete(seq);
    }
    return false;
  }

  /** Removes the oldest messages above the maximum. */
  trim(): void {
    this.#dropWhile(() => this.#items.size > MAX_MESSAGES);
  }

  /** Adds an item without a number at the end. */
  append(item: HTMLElement): void {
    this.#list.append(item);
  }

  #updateIdentity(list: HTMLOListElement): void {
    this.#me = list.dataset["me"] ?? "";
    if (this.isMe(this.#me)) return;
    this.#identities.add(this.#me);
    for (const item of this.#items.values()) if (authorIdOf(item) === this.#me) item.classList.add("mine");
  }

  #insert(item: HTMLLIElement): boolean {
    const seq = seqOf(item);
    if (this.#items.has(seq)) return false;
    const before = this.#items.get(seq > this.#lastSeq ? this.#lastSeq : seq - 1);
    // The visitor's pending messages stay at the end, after every numbered one.
    if (before !== undefined) before.after(item);
    else this.#list.prepend(item);
    this.#items.set(seq, item);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.#dress(item);
    const after = this.#items.get(seq + 1);
    if (after !== undefined) this.#dress(after);
    return true;
  }

  /** Removes messages from the start of the log while the condition holds. */
  #dropWhile(isUnwanted: (seq: number) => boolean): void {
    for (;;) {
      const item = firstNumberedItem(this.#list);
      if (item === null || !isUnwanted(seqOf(item))) return;
      this.#items.delete(seqOf(item));
      this.#fetched.delete(seqOf(item));
      const next = this.#items.get(seqOf(item) + 1);
      if (isDay(item.previousElementSibling)) item.previousElementSibling.remove();
      item.remove();
      if (next !== undefined) this.#dress(next);
    }
  }

  /** Shows the local time, a line for a new day, and the name only where the author changes. */
  #dress(item: HTMLLIElement): void {
    const time = timeOf(item);
    showTime(time, "clock");
    if (isDay(item.previousElementSibling)) item.previousElementSibling.remove();
    const previous = item.previousElementSibling;
    const before = isNumberedItem(previous) ? previous : undefined;
    const beforeTime = before && timeOf(before);
    const isNewDay = beforeTime === undefined || dayOf(beforeTime) !== dayOf(time);
    if (isNewDay) item.before(dayLine(dayOf(time)));
    const isClose = beforeTime !== undefined && Date.parse(time.dateTime) - Date.parse(beforeTime.dateTime) < GROUP_MS;
    const isSameAuthor =
      before !== undefined && authorIdOf(before) === authorIdOf(item) && authorNameOf(before) === authorNameOf(item);
    item.classList.toggle("continued", isClose && isSameAuthor && !isNewDay);
  }
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
