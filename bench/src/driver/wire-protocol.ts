/** The two wire protocols of the measured systems: plain text frames, and Socket.IO packets inside text frames. */

/** The frames that a system exchanges with its clients. A system sends each message to the whole room, unchanged. */
export interface WireProtocol {
  /** Returns the request target of the handshake (RFC 9112). */
  requestTarget(room: string): string;
  /** Returns the content of the frame that carries a message. */
  message(text: string): string;
  /** Whether the server speaks first: the client waits for its greeting before it sends messages. */
  readonly hasGreeting: boolean;
  /** Returns the reply to a frame of the greeting; `isOpen` is true when the greeting is complete. */
  greet(text: string): { readonly reply?: string; readonly isOpen?: boolean };
  /** Returns the reply to a control packet, or undefined when the frame is a fault of the server. */
  answer(text: string): string | undefined;
}

/** The name that selects the echo endpoint instead of a room. */
export const ECHO = "echo";

const plain: WireProtocol = {
  requestTarget: (room) => (room === ECHO ? "/echo/" : `/rooms/${room}/`),
  message: (text) => text,
  hasGreeting: false,
  greet: () => ({}),
  answer: () => undefined,
};

/** Engine.IO 4 over WebSocket: `0` open, `2` ping, `3` pong. Socket.IO adds `40` connect and `42` event. */
const socketIo: WireProtocol = {
  requestTarget: (room) => `/socket.io/?EIO=4&transport=websocket&room=${room}`,
  message: (text) => `42["message","${text}"]`,
  hasGreeting: true,
  greet(text) {
    if (text.startsWith("0{")) return { reply: "40" };
    return { isOpen: text.startsWith("40{") };
  },
  answer: (text) => (text === "2" ? "3" : undefined),
};

export type WireProtocolName = "plain" | "socket.io";

export const wireProtocols: Readonly<Record<WireProtocolName, WireProtocol>> = { plain, "socket.io": socketIo };
