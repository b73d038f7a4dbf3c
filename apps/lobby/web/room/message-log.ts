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

/** The list of messages: in order, in local time, with a line wherever messages are missing. */
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

  /** Inserts the messages of a newly loaded page, and takes over the visitor's id. */
  merge(page: Document): void {
    const list = part(page, "#chat-log", HTMLOListElement);
    this.#updateIdentity(list);
    const fetched = numberedItems(list).map((item) => document.importNode(item, true));
    for (const item of fetched) if (this.#insert(item)) this.#fetched.add(seqOf(item));
  }

  /**
   * Tells whether a text of the visitor is among the fetched messages after `afterSeq`. Each message matches at most
   * one text.
   * @returns undefined when the log lacks some of those messages, and the text is not among the others.
   */
  claim(text: string, afterSeq: number): boolean | undefined {
    for (const seq of this.#fetched) {
      const item = this.#items.get(seq);
      if (item === undefined || seq <= afterSeq || !this.isMe(authorIdOf(item)) || textOf(item) !== text) continue;
      return this.#fetched.delete(seq);
    }
    const shown = [...this.#items.keys()].filter((seq) => seq > afterSeq).length;
    return shown === Math.max(0, this.#lastSeq - afterSeq) ? false : undefined;
  }

  /** Removes the oldest messages above the maximum. */
  trim(): void {
    while (this.#items.size > MAX_MESSAGES) this.#dropFirst();
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
    const before = this.#items.get(seq > this.#lastSeq ? this.#lastSeq : seq - 1) ?? this.#lastBefore(seq);
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

  /** Returns the last message with a lower number, for a message whose predecessor is missing. */
  #lastBefore(seq: number): HTMLLIElement | undefined {
    return numberedItems(this.#list).findLast((item) => seqOf(item) < seq && this.#items.has(seqOf(item)));
  }

  #dropFirst(): void {
    const item = firstNumberedItem(this.#list);
    if (item === null) return;
    this.#items.delete(seqOf(item));
    this.#fetched.delete(seqOf(item));
    removeLinesBefore(item);
    item.remove();
    const next = firstNumberedItem(this.#list);
    if (next !== null) this.#dress(next);
  }

  /** Shows the local time, lines for missing messages and a new day, and the name only where the author changes. */
  #dress(item: HTMLLIElement): void {
    const time = timeOf(item);
    showTime(time, "clock");
    removeLinesBefore(item);
    const previous = item.previousElementSibling;
    const before = isNumberedItem(previous) ? previous : undefined;
    const beforeTime = before && timeOf(before);
    const isNewDay = beforeTime === undefined || dayOf(beforeTime) !== dayOf(time);
    const isAfterGap = before !== undefined && seqOf(before) !== seqOf(item) - 1;
    if (isAfterGap) item.before(line("gap", this.#list.dataset["gap"] ?? ""));
    if (isNewDay) item.before(line("day", dayOf(time)));
    const isClose = beforeTime !== undefined && Date.parse(time.dateTime) - Date.parse(beforeTime.dateTime) < GROUP_MS;
    const isSameAuthor =
      before !== undefined && authorIdOf(before) === authorIdOf(item) && authorNameOf(before) === authorNameOf(item);
    item.classList.toggle("continued", isClose && isSameAuthor && !isNewDay && !isAfterGap);
  }
}

/** Removes the lines between a message and the previous one. */
function removeLinesBefore(item: HTMLLIElement): void {
  for (;;) {
    const previous = item.previousElementSibling;
    if (previous?.matches(".day, .gap") !== true) return;
    previous.remove();
  }
}

function line(name: "day" | "gap", text: string): HTMLLIElement {
  const item = document.createElement("li");
  item.className = name;
  item.textContent = text;
  return item;
}
