/** The two ways of speaking that contenders know: plain text frames, and Socket.IO's packets in such frames. */

/** How a contender is spoken to. What is sent to a room comes back as it was. */
export interface Dialect {
  /** What the handshake asks for. */
  target(room: string): string;
  /** The content of the frame that carries a message. */
  message(text: string): string;
  /** What to answer to a frame before the first message; `open` when messages may follow. */
  greet(text: string): { readonly reply?: string; readonly isOpen?: boolean };
  /** Whether the client has to wait for frames before it is connected. */
  readonly isGreeted: boolean;
  /** What to answer to a frame that is none of the room's, or undefined when it should not be there. */
  answer(text: string): string | undefined;
}

/** The room whose clients are answered alone. */
export const ECHO = "echo";

const plain: Dialect = {
  target: (room) => (room === ECHO ? "/echo/" : `/rooms/${room}/`),
  message: (text) => text,
  isGreeted: false,
  greet: () => ({}),
  answer: () => undefined,
};

/** Engine.IO 4 over WebSocket from the start: `0` open, `2` ping, `3` pong; `40` connect and `42` event are Socket.IO's. */
const socketIo: Dialect = {
  target: (room) => `/socket.io/?EIO=4&transport=websocket&room=${room}`,
  message: (text) => `42["message","${text}"]`,
  isGreeted: true,
  greet(text) {
    if (text.startsWith("0{")) return { reply: "40" };
    return { isOpen: text.startsWith("40{") };
  },
  answer: (text) => (text === "2" ? "3" : undefined),
};

export type DialectName = "plain" | "socket.io";

export const dialects: Readonly<Record<DialectName, Dialect>> = { plain, "socket.io": socketIo };
