/** The list items of messages. The server owns their markup; this file alone knows how to fill and read it. */
import type { PlainMessage } from "@lobby/protocol";
import { fromTemplate, part } from "../lib/dom.ts";

const NUMBERED = ".message[data-seq]";

/** Returns a new item for a message of the server. */
export function messageItem({ seq, author, atMs, message }: PlainMessage, isMine: boolean): HTMLLIElement {
  const item = fromTemplate("message-template", HTMLLIElement);
  item.dataset["seq"] = String(seq);
  item.dataset["author"] = author.id;
  item.classList.toggle("mine", isMine);
  part(item, ".author bdi", HTMLElement).textContent = author.name;
  timeOf(item).dateTime = new Date(atMs).toISOString();
  part(item, ".text", HTMLElement).textContent = message;
  return item;
}

/** Returns a new item for a text that the server has not numbered yet. */
export function pendingItem(text: string): HTMLLIElement {
  const item = fromTemplate("message-template", HTMLLIElement);
  item.classList.add("mine", "pending", "continued");
  part(item, ".text", HTMLElement).textContent = text;
  return item;
}

/** Returns the numbered items of a list, in their order. */
export function numberedItems(list: HTMLOListElement): HTMLLIElement[] {
  return [...list.querySelectorAll<HTMLLIElement>(NUMBERED)];
}

/** Returns the first numbered item of a list. */
export function firstNumberedItem(list: HTMLOListElement): HTMLLIElement | null {
  return list.querySelector<HTMLLIElement>(NUMBERED);
}

/** Tells whether an element is the item of a numbered message. */
export function isNumberedItem(element: Element | null): element is HTMLLIElement {
  return element instanceof HTMLLIElement && element.matches(NUMBERED);
}

/** Returns the number of a message. */
export function seqOf(item: HTMLLIElement): number {
  return Number(item.dataset["seq"]);
}

/** Returns the id of a message's author. */
export function authorIdOf(item: HTMLLIElement): string {
  return item.dataset["author"] ?? "";
}

/** Returns the name of a message's author. */
export function authorNameOf(item: HTMLLIElement): string {
  return part(item, ".author", HTMLElement).textContent ?? "";
}

/** Returns the text of a message. */
export function textOf(item: HTMLLIElement): string {
  return part(item, ".text", HTMLElement).textContent ?? "";
}

/** Returns the element with the time of a message. */
export function timeOf(item: HTMLLIElement): HTMLTimeElement {
  return part(item, "time", HTMLTimeElement);
}
