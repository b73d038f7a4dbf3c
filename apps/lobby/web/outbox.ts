/**
 * What was sent and has not come back yet. It stands in the log, pale; when the
 * connection was lost on the way and the message is not among those the server
 * has, it can be sent again.
 */
import { fromTemplate, part } from "./dom.ts";

interface Pending {
  readonly text: string;
  readonly item: HTMLLIElement;
  /** The connection it went out on is gone. */
  isInDoubt: boolean;
}

/** See the head of this file. */
export class Outbox {
  readonly #send: (text: string) => void;
  readonly #show: (item: HTMLLIElement) => void;
  #pending: Pending[] = [];

  constructor(send: (text: string) => void, show: (item: HTMLLIElement) => void) {
    this.#send = send;
    this.#show = show;
  }

  /** Sends a text and shows it as on its way. */
  post(text: string): void {
    const item = fromTemplate("message-template", HTMLLIElement);
    item.classList.add("mine", "pending", "continued");
    part(item, ".text", HTMLElement).textContent = text;
    this.#pending.push({ text, item, isInDoubt: false });
    this.#show(item);
    this.#send(text);
  }

  /** One of my messages came back from the server. */
  confirm(text: string): void {
    const index = this.#pending.findIndex((pending) => pending.text === text);
    if (index === -1) return;
    const [confirmed] = this.#pending.splice(index, 1);
    confirmed?.item.remove();
  }

  /** The server refused the one that was sent first. */
  refuse(reason: string): void {
    const refused = this.#pending.shift();
    if (refused !== undefined) this.#fail(refused, reason);
  }

  /** The connection is gone; what is on its way may have arrived or not. */
  doubt(): void {
    for (const pending of this.#pending) pending.isInDoubt = true;
  }

  /** The server's log has been read since: what was in doubt and is not in it did not arrive. */
  settle(): void {
    for (const pending of this.#pending) if (pending.isInDoubt) this.#fail(pending);
    this.#pending = this.#pending.filter((pending) => !pending.isInDoubt);
  }

  #fail({ text, item }: Pending, reason?: string): void {
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
