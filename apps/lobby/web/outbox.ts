/**
 * What was said here and has not come back from the server yet. It stands in
 * the log, pale. Without a connection it waits and goes out with the next one.
 * A line that was sent comes back with the id it was given here; one that does
 * not, because the connection was lost or the answer is overdue, is in doubt
 * until the server's log has been read. There it is known by its author and its
 * text alone: the same words of the same person in another tab, that this one did
 * not hear, pass for it. When it is not in there, the visitor decides whether to
 * send it again.
 */
import type { PlainInput } from "@lobby/protocol";
import { fromTemplate, part } from "./dom.ts";

/** A line that has not come back within this time is in doubt. */
const ECHO_TIMEOUT_MS = 10_000;

interface Line {
  readonly id: string;
  readonly text: string;
  readonly item: HTMLLIElement;
  /** The number of the last message when it was sent: in the log it stands behind that. */
  afterSeq: number;
  state: "waiting" | "sent" | "in doubt" | "failed" | "confirmed";
}

/** What the outbox needs of the page. */
export interface OutboxOptions {
  /** @returns false when there is no connection, and nothing was sent. */
  send(message: PlainInput): boolean;
  /** Puts a line into the log, at its end. */
  show(item: HTMLLIElement): void;
  /** The number of the last message in the log. */
  lastSeq(): number;
  /** Lines are in doubt although the connection is open: the server's log has to be read. */
  onOverdue(): void;
}

/** See the head of this file. */
export class Outbox {
  readonly #options: OutboxOptions;
  /** By id, in the order in which they were said. */
  readonly #lines = new Map<string, Line>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Takes a text, to send it now or as soon as that is possible. */
  post(text: string, id: string = randomId()): void {
    const item = fromTemplate("message-template", HTMLLIElement);
    item.classList.add("mine", "pending", "continued");
    part(item, ".text", HTMLElement).textContent = text;
    this.#lines.set(id, { id, text, item, afterSeq: 0, state: "waiting" });
    this.#options.show(item);
    this.sendWaiting();
  }

  /** Whether nothing would be lost with the page but what the visitor knows was not sent. */
  get isEmpty(): boolean {
    return [...this.#lines.values()].every(({ state }) => state === "failed");
  }

  /** There is a connection: what waited goes out, in order. */
  sendWaiting(): void {
    const sent: Line[] = [];
    for (const line of this.#lines.values()) {
      if (line.state !== "waiting") continue;
      if (!this.#options.send({ message: line.text, id: line.id })) break;
      line.state = "sent";
      line.afterSeq = this.#options.lastSeq();
      sent.push(line);
    }
    if (sent.length > 0) setTimeout(() => this.#expect(sent), ECHO_TIMEOUT_MS);
  }

  /** A message with this id came from the server. @returns whether it was said here. */
  confirm(id: string | undefined): boolean {
    const line = this.#lines.get(id ?? "");
    if (line !== undefined) this.#confirm(line);
    return line !== undefined;
  }

  /** The server refused the line with this id. */
  refuse(id: string | undefined, reason: string): void {
    const line = this.#lines.get(id ?? "");
    if (line !== undefined && line.state !== "failed") this.#fail(line, reason);
  }

  /** The connection is gone; what was on its way may have arrived or not. */
  doubt(): void {
    for (const line of this.#lines.values()) if (line.state === "sent") line.state = "in doubt";
  }

  /**
   * To be called before the server's log is asked for: only what is in doubt by
   * then can be settled by the answer.
   * @returns what to call with the answer: what is in the log arrived after all,
   * and what was in doubt and is not in it did not.
   */
  inquire(): (isInLog: (text: string, afterSeq: number) => boolean) => void {
    const doubted = new Set([...this.#lines.values()].filter(({ state }) => state === "in doubt"));
    return (isInLog) => {
      for (const line of this.#lines.values()) {
        if (line.state !== "in doubt" && line.state !== "failed") continue;
        if (isInLog(line.text, line.afterSeq)) this.#confirm(line);
        else if (line.state === "in doubt" && doubted.has(line)) this.#fail(line);
      }
    };
  }

  /** These should have come back by now. */
  #expect(lines: readonly Line[]): void {
    const overdue = lines.filter(({ state }) => state === "sent");
    for (const line of overdue) line.state = "in doubt";
    if (overdue.length > 0) this.#options.onOverdue();
  }

  #confirm(line: Line): void {
    line.state = "confirmed";
    line.item.remove();
    this.#lines.delete(line.id);
  }

  /** It stays here: it may have been slow, and come back yet. */
  #fail(line: Line, reason?: string): void {
    const { id, text, item } = line;
    line.state = "failed";
    const failure = fromTemplate("failure-template", HTMLElement);
    if (reason !== undefined) part(failure, "span", HTMLElement).textContent = reason;
    part(failure, "button", HTMLButtonElement).addEventListener("click", () => {
      item.remove();
      this.#lines.delete(id);
      this.post(text, id);
    });
    item.classList.replace("pending", "failed");
    item.append(failure);
  }
}

/** Browsers have `randomUUID` only where the page came over TLS or from the same machine. */
function randomId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
