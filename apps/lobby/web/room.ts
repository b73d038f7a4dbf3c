/** The room's page: what comes in, what goes out, and what to do when the connection breaks. */
import type { PlainFrame } from "@lobby/protocol";
import { Announcer } from "./announcer.ts";
import { startComposer } from "./composer.ts";
import { element, part } from "./dom.ts";
import { MessageLog } from "./message-log.ts";
import { startNickname } from "./nickname.ts";
import { Outbox } from "./outbox.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { RoomSocket } from "./room-socket.ts";
import { Scroller } from "./scroller.ts";

/** Brings the page to life. */
export function startRoom(): void {
  const connection = element("connection", HTMLElement);
  const log = new MessageLog();
  const scroller = new Scroller();
  const announcer = new Announcer();
  /** How many connections were lost: tells an answer that came too late. */
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
    onOverdue: () => void catchUp(),
  });

  // The browser asks before it leaves a page that holds something unsent.
  addEventListener("beforeunload", (event) => {
    if (!outbox.isEmpty) event.preventDefault();
  });

  connection.textContent = connection.dataset["connecting"] ?? "";
  const showMyName = startNickname();
  startComposer((text) => outbox.post(text));

  function receive(frame: PlainFrame): void {
    if ("error" in frame) {
      outbox.refuse(frame.id, frame.error.message);
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

  /** Fetches what was said before this connection was open. Messages that come meanwhile find their own place. */
  async function catchUp(attempt = 1): Promise<void> {
    clearTimeout(retry);
    const lostBefore = lostConnections;
    const settle = outbox.inquire();
    /** As long as nothing was lost since; otherwise the next connection asks again. */
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
