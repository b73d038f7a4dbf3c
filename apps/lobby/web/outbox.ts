/**
 * What was said here and has not come back from the server yet. It stands in
 * the log, pale. Without a connection it waits and goes out with the next one;
 * when a connection was lost on the way and the message is not among those the
 * server has, the visitor decides whether to send it again.
 */
import { fromTemplate, part } from "./dom.ts";

interface Pending {
  readonly text: string;
  readonly item: HTMLLIElement;
  state: "waiting" | "sent" | "in doubt";
}

/** See the head of this file. */
export class Outbox {
  readonly #send: (text: string) => boolean;
  readonly #show: (item: HTMLLIElement) => void;
  #pending: Pending[] = [];

  /**
   * @param send Sends a text; false when there is no connection.
   * @param show Puts a message on its way into the log.
   */
  constructor(send: (text: string) => boolean, show: (item: HTMLLIElement) => void) {
    this.#send = send;
    this.#show = show;
  }

  /** Takes a text, to send it now or as soon as that is possible. */
  post(text: string): void {
    const item = fromTemplate("message-template", HTMLLIElement);
    item.classList.add("mine", "pending", "continued");
    part(item, ".text", HTMLElement).textContent = text;
    this.#pending.push({ text, item, state: "waiting" });
    this.#show(item);
    this.sendWaiting();
  }

  /** Whether anything would be lost with the page. */
  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** There is a connection: what waited goes out, in order. */
  sendWaiting(): void {
    for (const pending of this.#pending) {
      if (pending.state !== "waiting") continue;
      if (!this.#send(pending.text)) return;
      pending.state = "sent";
    }
  }

  /** One of my messages came back from the server. */
  confirm(text: string): void {
    const index = this.#pending.findIndex((pending) => pending.state !== "waiting" && pending.text === text);
    if (index === -1) return;
    const [confirmed] = this.#pending.splice(index, 1);
    confirmed?.item.remove();
  }

  /** The server refused the one that was sent first. */
  refuse(reason: string): void {
    const refused = this.#pending.find((pending) => pending.state === "sent");
    if (refused !== undefined) this.#fail(refused, reason);
  }

  /** The connection is gone; what was on its way may have arrived or not. */
  doubt(): void {
    for (const pending of this.#pending) if (pending.state === "sent") pending.state = "in doubt";
  }

  /** The server's log has been read since: what was in doubt and is not in it did not arrive. */
  settle(): void {
    for (const pending of this.#pending.filter(({ state }) => state === "in doubt")) this.#fail(pending);
  }

  #fail(failed: Pending, reason?: string): void {
    const { text, item } = failed;
    this.#pending = this.#pending.filter((pending) => pending !== failed);
    const failure = fromTemplate("failure-template", HTMLElement);
    if (reason !== undefined) part(failure, "span", HTMLElement).textContent = reason;
    part(failure, "button", HTMLButtonElement).addEventListener("click", () => {
      item.remove();
      this.post(text);
    });
    item.classList.replace("pending", "failed");
    item.append(failure);
  }
}
