import type { PlainFrame } from "@lobby/protocol";
import { element, part } from "../lib/dom.ts";
import { retryDelayMs } from "../lib/retry-delay.ts";
import { Announcer } from "./announcer.ts";
import { startComposer } from "./composer.ts";
import { MessageLog } from "./message-log.ts";
import { startNicknameForm } from "./nickname-form.ts";
import { Outbox } from "./outbox.ts";
import { RoomSocket } from "./room-socket.ts";
import { Scroller } from "./scroller.ts";

/** Starts the script of a room's page. */
export function startRoom(): void {
  const connection = element("connection", HTMLElement);
  const log = new MessageLog();
  const scroller = new Scroller();
  const announcer = new Announcer();
  /** The number of lost connections, by which a late response is recognized. */
  let lostConnections = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const socket = new RoomSocket(log.room, {
    onFrame: receive,
    onOpen: () => {
      outbox.sendWaiting();
      void catchUp();
    },
    onLost: () => {
      lostConnections += 1;
      outbox.doubt();
      connection.textContent = connection.dataset["reconnecting"] ?? "";
    },
  });
  const outbox = new Outbox({
    send: (message) => socket.send(message),
    show: (item) => {
      log.append(item);
      scroller.toEnd();
    },
    lastSeq: () => log.lastSeq,
    announce: (sentence) => announcer.say(sentence),
    giveBack: (text) => giveBack(text),
    onOverdue: () => void catchUp(),
  });

  // The browser asks the visitor before it leaves a page with unsent lines.
  addEventListener("beforeunload", (event) => {
    if (!outbox.isEmpty) event.preventDefault();
  });

  connection.textContent = connection.dataset["connecting"] ?? "";
  const showMyName = startNicknameForm((sentence) => announcer.say(sentence));
  const giveBack = startComposer((text) => outbox.post(text));

  function receive(frame: PlainFrame): void {
    if ("error" in frame) {
      outbox.refuse(frame.id, frame.error);
      return;
    }
    const isMine = outbox.confirm(frame.id) || log.isMe(frame.author.id);
    scroller.around((isAtEnd) => {
      const isNew = log.add(frame, isMine);
      if (isAtEnd) log.trim();
      return isNew;
    });
    if (!isMine) announcer.announce(frame);
  }

  /** Fetches the messages from before this connection. Messages that arrive during the fetch keep their place. */
  async function catchUp(attempt = 1): Promise<void> {
    clearTimeout(retry);
    const lostBefore = lostConnections;
    const settle = outbox.inquire();
    /** False after the connection was lost. The next connection then fetches again. */
    const isCurrent = (): boolean => socket.isOpen && lostConnections === lostBefore;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(`The room answered with ${response.status}.`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const { me, lastSeq } = log;
      scroller.around((isAtEnd) => {
        log.merge(page);
        if (isAtEnd) log.trim();
        return log.lastSeq > lastSeq;
      });
      settle((text, afterSeq) => log.claim(text, afterSeq));
      if (log.me !== me) showMyName(part(page, "#my-name bdi", HTMLElement).textContent ?? "");
      if (isCurrent()) connection.textContent = "";
    } catch {
      if (isCurrent()) retry = setTimeout(() => void catchUp(attempt + 1), retryDelayMs(attempt, false));
    }
  }
}
