/** Two honest visitors in one room, who talk during the attack and notice a lost, doubled or misplaced message. */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** The time between two messages. One person may send one message a second. */
const PAUSE_MS = 1_200;

const RECONNECT_MS = 500;

/** The longest wait for an acknowledgement. */
const DEADLINE_MS = 15_000;

interface Frame {
  readonly id?: string;
  readonly message?: string;
  readonly seq?: number;
  readonly error?: { readonly code: string };
}

/** Two visitors of one room. */
export class Witness {
  /** The texts that the server acknowledged, in order. */
  readonly acknowledged: string[] = [];
  /** The broken promises. */
  readonly problems: string[] = [];
  connectionsLost = 0;
  readonly #url: URL;
  readonly #heard: string[] = [];
  #lastSeq = 0;
  /** Receives the answer to the last message; undefined when the connection closed. */
  #answer: (frame: Frame | undefined) => void = () => undefined;

  constructor(index: URL, room: string) {
    this.#url = new URL(`/ws/chat/${room}/`, index);
    this.#url.protocol = "ws:";
  }

  /** Talks until a time. */
  async talk(endsAtMs: number): Promise<void> {
    let listener = await this.#open();
    let speaker = await this.#open();
    this.#listen(listener);
    this.#awaitAnswers(speaker);
    for (let number = 1; Date.now() < endsAtMs; number += 1) {
      const text = `message ${number}`;
      if (await this.#say(speaker, text, number)) this.acknowledged.push(text);
      else this.problems.push(`"${text}" was not acknowledged within ${DEADLINE_MS} ms`);
      if (speaker.readyState !== WebSocket.OPEN) this.#awaitAnswers((speaker = await this.#reopen()));
      if (listener.readyState !== WebSocket.OPEN) this.#listen((listener = await this.#reopen()));
      await delay(PAUSE_MS);
    }
    if (this.connectionsLost === 0 && this.#heard.join() !== this.acknowledged.join()) {
      this.problems.push(`the listener heard ${this.#heard.length} of ${this.acknowledged.length} messages`);
    }
    speaker.close();
    listener.close();
  }

  /** Says a text. Returns whether the server acknowledged it in time. */
  async #say(socket: WebSocket, text: string, number: number): Promise<boolean> {
    const id = `witness-${number}`;
    const { promise: answer, resolve } = Promise.withResolvers<Frame | undefined>();
    this.#answer = (frame) => {
      if (frame === undefined || frame.id === id) resolve(frame);
    };
    const timer = setTimeout(() => resolve(undefined), DEADLINE_MS);
    socket.send(JSON.stringify({ message: text, id }));
    const frame = await answer;
    clearTimeout(timer);
    if (frame?.error !== undefined) this.problems.push(`"${text}" was refused with ${frame.error.code}`);
    return frame?.message === text;
  }

  #awaitAnswers(socket: WebSocket): void {
    socket.addEventListener("message", ({ data }) => this.#answer(JSON.parse(data as string) as Frame));
    socket.addEventListener("close", () => this.#answer(undefined));
  }

  #listen(socket: WebSocket): void {
    socket.addEventListener("message", ({ data }) => {
      const { message, seq } = JSON.parse(data as string) as Frame;
      if (message === undefined || seq === undefined) return;
      if (seq <= this.#lastSeq) this.problems.push(`entry ${seq} followed entry ${this.#lastSeq}`);
      this.#lastSeq = seq;
      this.#heard.push(message);
    });
  }

  #reopen(): Promise<WebSocket> {
    this.connectionsLost += 1;
    return this.#open();
  }

  async #open(): Promise<WebSocket> {
    const deadlineMs = Date.now() + DEADLINE_MS;
    for (;;) {
      const socket = new WebSocket(this.#url);
      try {
        await Promise.race([
          once(socket, "open"),
          once(socket, "error").then(() => Promise.reject(new Error("refused"))),
        ]);
        return socket;
      } catch (error) {
        if (Date.now() > deadlineMs) throw error;
        await delay(RECONNECT_MS);
      }
    }
  }
}
