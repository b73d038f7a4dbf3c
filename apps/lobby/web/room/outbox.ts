import type { PlainError, PlainInput } from "@lobby/protocol";
import { fromTemplate, part } from "../lib/dom.ts";
import { repeatDelayMs } from "../lib/retry-delay.ts";
import { pendingItem } from "./message-view.ts";
import { endOfWait, WaitingLine } from "./waiting-line.ts";

/** The state of a line is in doubt when its echo takes longer than this. */
const ECHO_TIMEOUT_MS = 10_000;

/** The next line waits this long for the echo of the line before it. */
const TURN_MS = 1_000;

interface Line {
  readonly id: string;
  readonly text: string;
  readonly item: HTMLLIElement;
  /** The number of the last message at the time of sending. In the log, the line has a higher number. */
  afterSeq: number;
  /** How often the page has sent the line, by which a late timer is recognized. */
  sends: number;
  /** Whether screen readers have heard that the line was not sent, so that they must hear when it is. */
  isAnnounced: boolean;
  state: "waiting" | "sent" | "in doubt" | "failed" | "confirmed";
}

/** The parts of the page that the outbox uses. */
export interface OutboxOptions {
  /** @returns false when there is no connection, and nothing was sent. */
  send(message: PlainInput): boolean;
  /** Adds a line at the end of the log. */
  show(item: HTMLLIElement): void;
  /** Returns the number of the last message in the log. */
  lastSeq(): number;
  /** Announces a sentence to visitors who do not see the log. */
  announce(sentence: string): void;
  /** Puts the text of a line that its author gave up back into the field. */
  giveBack(text: string): void;
  /** Reports that lines are in doubt on an open connection, so the page must read the server's log. */
  onOverdue(): void;
}

/**
 * The visitor's lines that the server has not confirmed yet. The log shows them pale.
 *
 * Without a connection a line waits for the next one. One line at a time is on its way, so a line that the server refuses
 * for a while keeps its place: it waits as long as the server says, and the lines behind it wait as well. The server echoes a sent line with its id. A line without an echo
 * is in doubt, because the connection broke or the echo is overdue, until the page has read the server's log. The log
 * identifies a line by author and text only, so equal words from another tab of the same person can stand for it. When
 * the log does not contain the line, the visitor decides whether to send it again.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  /** The lines by id, in the order of the posts. */
  readonly #lines = new Map<string, Line>();
  /** The line whose echo the next line waits for. */
  #onItsWay: Line | undefined;
  /** The wait of the first line, after a refusal. */
  #wait: WaitingLine | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Shows a text, and sends it as soon as there is a connection. */
  post(text: string): void {
    this.#add(text, randomId(), false);
  }

  /** Whether the visitor can leave the page without losing a line. A line that failed visibly does not count. */
  get isEmpty(): boolean {
    return [...this.#lines.values()].every(({ state }) => state === "failed");
  }

  /** Sends the first waiting line, when it is its turn. The echo of each line sends the next one. */
  sendWaiting(): void {
    if (this.#wait !== undefined || this.#onItsWay !== undefined) return;
    const line = [...this.#lines.values()].find(({ state }) => state === "waiting");
    if (line === undefined || !this.#options.send({ message: line.text, id: line.id })) return;
    line.state = "sent";
    line.afterSeq = this.#options.lastSeq();
    line.sends += 1;
    this.#onItsWay = line;
    const { sends } = line;
    const whileSent = (act: () => void): void => {
      if (line.state === "sent" && line.sends === sends) act();
    };
    setTimeout(() => whileSent(() => this.#endTurn(line)), TURN_MS);
    setTimeout(() => whileSent(() => this.#checkEcho(line)), ECHO_TIMEOUT_MS);
  }

  /** Confirms the line with the id of a message from the server. @returns Whether this page sent the line. */
  confirm(id: string | undefined): boolean {
    const line = this.#lines.get(id ?? "");
    if (line !== undefined) this.#confirm(line);
    return line !== undefined;
  }

  /** Marks the line that the server refused as failed, or lets it wait when the server says when to repeat it. */
  refuse(id: string | undefined, error: PlainError["error"]): void {
    const line = this.#lines.get(id ?? "");
    if (line === undefined || line.state === "failed") return;
    if (error.retryAfterMs === undefined) this.#fail(line, error.message);
    else this.#delay(line, error, error.retryAfterMs);
    this.#endTurn(line);
  }

  /** Puts every sent line in doubt after the connection was lost. */
  doubt(): void {
    for (const line of this.#lines.values()) if (line.state === "sent") line.state = "in doubt";
    this.#onItsWay = undefined;
  }

  /**
   * Begins to settle the lines in doubt. Call it before the page requests the server's log, because the response can
   * settle only the lines that are in doubt by then.
   * @returns A function for the response: it confirms the lines in the log, and marks the other lines in doubt as failed.
   * `isInLog` returns undefined when the page does not have the whole log.
   */
  inquire(): (isInLog: (text: string, afterSeq: number) => boolean | undefined) => void {
    const doubted = new Set([...this.#lines.values()].filter(({ state }) => state === "in doubt"));
    return (isInLog) => {
      for (const line of this.#lines.values()) {
        if (line.state !== "in doubt" && line.state !== "failed") continue;
        const found = isInLog(line.text, line.afterSeq);
        if (found === true) this.#confirm(line);
        else if (line.state === "in doubt" && doubted.has(line)) {
          this.#fail(line, found === undefined ? uncertainty() : undefined);
        }
      }
    };
  }

  #add(text: string, id: string, isAnnounced: boolean): void {
    const item = pendingItem(text);
    this.#lines.set(id, { id, text, item, afterSeq: 0, sends: 0, isAnnounced, state: "waiting" });
    this.#options.show(item);
    this.sendWaiting();
  }

  /** Lets the next line go. */
  #endTurn(line: Line): void {
    if (this.#onItsWay !== line) return;
    this.#onItsWay = undefined;
    this.sendWaiting();
  }

  /** Puts a line without an echo in doubt. */
  #checkEcho(line: Line): void {
    line.state = "in doubt";
    this.#options.onOverdue();
  }

  /** Shows the wait of a refused line, and sends the line when the wait is over. */
  #delay(line: Line, error: PlainError["error"], retryAfterMs: number): void {
    line.state = "waiting";
    if (this.#wait !== undefined) return;
    const waitMs = repeatDelayMs(retryAfterMs, line.sends);
    const end = (): void => {
      wait.end();
      this.#wait = undefined;
    };
    const repeat = (): void => {
      end();
      this.sendWaiting();
    };
    const wait = new WaitingLine(line.item, error, waitMs, repeat, () => {
      end();
      line.item.remove();
      this.#lines.delete(line.id);
      this.#options.giveBack(line.text);
      this.#options.announce(endOfWait("canceled"));
      this.sendWaiting();
    });
    this.#wait = wait;
    this.#announce(line, wait.sentence);
  }

  #confirm(line: Line): void {
    line.state = "confirmed";
    if (line.isAnnounced) this.#options.announce(endOfWait("sent"));
    line.item.remove();
    this.#lines.delete(line.id);
    this.#endTurn(line);
  }

  #announce(line: Line, sentence: string): void {
    line.isAnnounced = true;
    this.#options.announce(sentence);
  }

  /** Marks a line as failed. The outbox keeps it, because a slow echo can still confirm it. */
  #fail(line: Line, reason?: string): void {
    const { id, text, item } = line;
    line.state = "failed";
    const failure = fromTemplate("failure-template", HTMLElement);
    const sentence = part(failure, "span", HTMLElement);
    if (reason !== undefined) sentence.textContent = reason;
    this.#announce(line, sentence.textContent ?? "");
    part(failure, "button", HTMLButtonElement).addEventListener("click", () => {
      item.remove();
      this.#lines.delete(id);
      this.#add(text, id, true);
    });
    item.classList.replace("pending", "failed");
    item.append(failure);
  }
}

/** Returns the sentence for a line that can be among the messages that the page lacks. */
function uncertainty(): string {
  return part(fromTemplate("failure-template", HTMLElement), "span", HTMLElement).dataset["uncertain"] ?? "";
}

/** Returns a random id. Browsers offer `randomUUID` only on pages with TLS or from the same machine. */
function randomId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
