/** The room's page: what comes in, what goes out, and what to do when the connection breaks. */
import type { PlainFrame } from "@lobby/protocol";
import { Announcer } from "./announcer.ts";
import { startComposer } from "./composer.ts";
import { element } from "./dom.ts";
import { MessageLog } from "./message-log.ts";
import { startNickname } from "./nickname.ts";
import { Outbox } from "./outbox.ts";
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
  const outbox = new Outbox(
    (text) => socket.send(text),
    (item) => {
      log.append(item);
      scroller.toEnd();
    },
  );

  // The browser asks before it leaves a page that holds something unsent.
  addEventListener("beforeunload", (event) => {
    if (!outbox.isEmpty) event.preventDefault();
  });

  connection.textContent = connection.dataset["connecting"] ?? "";
  startNickname();
  startComposer((text) => outbox.post(text));

  function receive(frame: PlainFrame): void {
    if ("error" in frame) {
      outbox.refuse(frame.error.message);
      return;
    }
    const isMine = frame.author.id === log.me;
    if (isMine) outbox.confirm(frame.message);
    scroller.around(() => log.add(frame));
    if (!isMine) announcer.announce(frame);
  }

  /** Fetches what was said before this connection was open. Messages that come meanwhile find their own place. */
  async function catchUp(): Promise<void> {
    const lostBefore = lostConnections;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(`The room answered with ${response.status}.`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      scroller.around(() => {
        const before = log.lastSeq;
        for (const text of log.merge(page)) outbox.confirm(text);
        return log.lastSeq > before;
      });
      // What this page says is older than a connection that was lost since; the next one asks again.
      if (lostConnections !== lostBefore) return;
      outbox.settle();
      connection.textContent = "";
    } catch {
      // The connection says itself when it is lost; as long as it is open, this can be tried again.
      if (socket.isOpen && lostConnections === lostBefore) setTimeout(() => void catchUp(), 1000);
    }
  }
}
