/** Types of contracts whose schemas are written by hand. */
import {
  consumer,
  ContractClient,
  defineContract,
  JsonWebSocketConsumer,
  protocolRouter,
  publisher,
  route,
  urlRouter,
  type Contract,
  type ContractEvent,
  type InferInput,
  type InferOutput,
  type InMemoryChannelLayer,
  type StandardSchema,
} from "@lobby/channels";
import type { Equal } from "../support/equal.ts";

interface ClientMessage {
  readonly message: string;
}
interface ServerMessage {
  readonly message: string;
  readonly author: string;
}
interface Said {
  readonly text: string;
  readonly author: string;
}
declare const clientMessage: StandardSchema<{ readonly message?: string }, ClientMessage>;
declare const serverMessage: StandardSchema<ServerMessage>;
declare const said: StandardSchema<Said>;
const chat = defineContract({
  name: "chat",
  path: "/ws/chat/:room/",
  client: clientMessage,
  server: serverMessage,
  events: { "chat.message": said },
  groups: { room: (room: string) => room },
});
chat satisfies Contract;
true satisfies Equal<InferOutput<typeof chat.client>, ClientMessage>;
true satisfies Equal<InferInput<typeof chat.client>, { readonly message?: string }>;
interface ChatMessage extends Said {
  readonly type: "chat.message";
}
true satisfies Equal<ContractEvent<typeof chat>, Pick<ChatMessage, keyof ChatMessage>>;

class Chat extends JsonWebSocketConsumer(chat) {
  static readonly handlers = this.handle({
    receive({ message }) {
      true satisfies Equal<typeof message, string>;
      const room = chat.groups.room(this.scope.params.room);
      this.sendJson({ message, author: this.scope.params.room });
      // @ts-expect-error: a message of the server has an author
      this.sendJson({ message });
      // @ts-expect-error: the event has an author
      void this.groupSend(room, { type: "chat.message", text: message });
      // @ts-expect-error: the contract has no such event
      void this.groupSend(room, { type: "chat.mesage", text: message, author: "" });
      return this.groupSend(room, { type: "chat.message", text: message, author: "mina" });
    },
    events: { "chat.message": { relay: ({ text, author }) => ({ message: text, author }) } },
  });
}
protocolRouter({ websocket: urlRouter([route("/ws/chat/:room/", consumer(Chat))]) });

class Wrong extends JsonWebSocketConsumer(chat) {
  static readonly wrongInput = this.handle({
    // @ts-expect-error: a message of a client is text
    receive: ({ message }: { message: number }) => void message,
    events: { "chat.message": () => undefined },
  });
  static readonly wrongOutput = this.handle({
    receive: () => undefined,
    // @ts-expect-error: the relay returns a message without an author
    events: { "chat.message": { relay: ({ text }) => ({ message: text }) } },
  });
  static readonly rawOutput = this.handle({
    receive: () => undefined,
    // @ts-expect-error: the relay returns text, which the contract does not know
    events: { "chat.message": { relay: ({ text }) => text } },
  });
  static readonly rawInput = this.handle({
    // @ts-expect-error: the contract has one schema for all messages of clients, so there is one function
    receive: { message: () => undefined },
    events: { "chat.message": () => undefined },
  });
}
void Wrong;

const client = new ContractClient(new WebSocket("ws://localhost/"), chat);
client.on("message", ({ author }) => void (true satisfies Equal<typeof author, string>));
// @ts-expect-error: one schema has the kind `message` only
client.on("chat.message", () => undefined);
client.send({});
// @ts-expect-error: a message is text
client.send({ message: 5 });

declare const layer: InMemoryChannelLayer;
const outside = publisher(layer, chat);
const room = chat.groups.room("lobby");
void outside.groupSend(room, { type: "chat.message", text: "", author: "" }, { except: "a channel" });
// @ts-expect-error: the event has an author
void outside.groupSend(room, { type: "chat.message", text: "" });
// @ts-expect-error: the contract has no such event
void outside.send("channel", { type: "chat.mesage", text: "", author: "" });
// @ts-expect-error: the group takes text
chat.groups.room(5);

// A consumer can send the fields of an event as they are, lists included, although events are read-only.

declare const names: StandardSchema<{ names: string[] }>;
const lists = defineContract({
  name: "lists",
  path: "/",
  client: clientMessage,
  server: names,
  events: { relayed: names, handled: names },
  groups: {},
});
class Lister extends JsonWebSocketConsumer(lists) {
  static readonly handlers = this.handle({
    receive: () => undefined,
    events: {
      relayed: { relay: ({ names: list }) => ({ names: list }) },
      handled({ names: list }) {
        // @ts-expect-error: the receivers of one process share the event
        list.push("mina");
        this.sendJson({ names: list });
      },
    },
  });
}
consumer(Lister);

// A side that accepts every value sends and receives every value.

declare const anything: StandardSchema;
class Anything extends JsonWebSocketConsumer(defineContract({ ...lists, client: anything, server: anything })) {
  static readonly handlers = this.handle({
    receive(content) {
      true satisfies Equal<typeof content, unknown>;
      this.sendJson(content);
      this.sendJson(null);
    },
    events: { relayed: () => undefined, handled: { relay: () => 5 } },
  });
}
consumer(Anything);
