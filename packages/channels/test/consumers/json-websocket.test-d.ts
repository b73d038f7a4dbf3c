/** Types of JSON consumers. The compiler infers every handler from the contract. */
import { z } from "zod";
import {
  consumer,
  ContractClient,
  defineContract,
  defineEvents,
  JsonWebSocketConsumer,
  protocolRouter,
  publisher,
  route,
  stack,
  urlRouter,
  type ClientSocket,
  type ConsumerContext,
  type Group,
  type InMemoryChannelLayer,
} from "@lobby/channels";
import { ContractCommunicator } from "@lobby/channels/testing";
import type { Equal } from "../support/equal.ts";

const said = z.object({ author: z.string(), text: z.string().max(500) });
const someone = z.object({ who: z.string() });
const chat = defineContract({
  name: "chat",
  path: "/ws/chat/:room/",
  client: { say: z.object({ text: z.string().max(500) }), typing: z.object({}) },
  server: { said, typing: someone, left: someone },
  events: { said, typing: someone, left: someone },
  groups: { room: (room: string) => room },
});
const news = defineEvents({ name: "news", events: { posted: someone }, groups: { all: () => "all" } });

const withUser = stack(({ url }: { readonly url: URL }) => ({
  user: { name: url.searchParams.get("as") ?? "guest" },
}));

class ChatRoom extends JsonWebSocketConsumer(chat, { requires: withUser }) {
  static readonly handlers = this.handle({
    receive: {
      async say(message) {
        true satisfies Equal<typeof message, { readonly type: "say"; readonly text: string }>;
        this.#typists.delete(this.#name);
        await this.groupSend(this.#room, { type: "said", author: this.#name, text: message.text });
      },
      async typing() {
        await this.groupSend(this.#room, { type: "typing", who: this.#name }, { except: this.channel });
      },
    },
    events: {
      said: { relay: (event) => event },
      left: { relay: ({ who }) => ({ type: "left", who }) },
      typing({ who }) {
        if (!this.#typists.has(who)) this.sendJson({ type: "typing", who });
        this.#typists.add(who);
      },
    },
    invalid(reason) {
      true satisfies Equal<typeof reason.message, string>;
      this.close(1008, reason.code);
    },
  });
  readonly #room = chat.groups.room(this.scope.params.room);
  readonly #name = this.scope.user.name;
  readonly #typists = new Set<string>();
  override get groups() {
    return [this.#room];
  }
  override connect(): void {
    true satisfies Equal<typeof this.scope.user, { name: string }>;
    this.accept();
  }
  override disconnect(): Promise<void> {
    // @ts-expect-error: the contract has no such message
    this.sendJson({ type: "siad", author: "", text: "" });
    // @ts-expect-error: the message has a text
    this.sendJson({ type: "said", author: "" });
    // @ts-expect-error: the contract has no such event
    void this.groupSend(this.#room, { type: "joined" });
    // @ts-expect-error: a group of another contract
    void this.groupSend(news.groups.all(), { type: "left", who: "" });
    // @ts-expect-error: a group is more than its name
    void this.groupAdd("lobby");
    return this.groupSend(this.#room, { type: "left", who: this.#name });
  }
}

const rooms = urlRouter([route(chat.path, consumer(ChatRoom))]);
const application = protocolRouter({ websocket: withUser(rooms) });
// @ts-expect-error: no middleware adds a user
protocolRouter({ websocket: rooms });
// @ts-expect-error: the path has no parameter `room`
protocolRouter({ websocket: withUser(urlRouter([route("/ws/chat/", consumer(ChatRoom))])) });

// A constructor argument, a subclass that inherits the table, and one that replaces it.

class Stored extends ChatRoom {
  readonly #store: Map<string, string>;
  constructor(context: ConsumerContext, store: Map<string, string>) {
    super(context);
    this.#store = store;
  }
  override connect(): void {
    this.#store.set(this.scope.user.name, this.scope.params.room);
    this.accept();
  }
}
consumer(Stored, new Map<string, string>());
// @ts-expect-error: the constructor takes a store
consumer(Stored);
class Silent extends ChatRoom {
  static override readonly handlers = this.handle({
    receive: { say: () => undefined, typing: () => undefined },
    events: { said: { relay: (event) => event }, left: () => undefined, typing: () => undefined },
  });
}
consumer(Silent);

class NoTable extends JsonWebSocketConsumer(chat) {}
// @ts-expect-error: the class has no table of handlers
consumer(NoTable);

class WrongTables extends JsonWebSocketConsumer(chat) {
  static readonly misspelt = this.handle({
    // @ts-expect-error: the contract has no kind `sya`
    receive: { sya: () => undefined, typing: () => undefined },
    events: { said: () => undefined, left: () => undefined, typing: () => undefined },
  });
  static readonly missing = this.handle({
    receive: { say: () => undefined, typing: () => undefined },
    // @ts-expect-error: the event `typing` has no handler
    events: { said: () => undefined, left: () => undefined },
  });
  static readonly wrongRelay = this.handle({
    receive: { say: () => undefined, typing: () => undefined },
    events: {
      // @ts-expect-error: the message has an author
      said: { relay: ({ text }) => ({ type: "said", text }) },
      left: () => undefined,
      typing: () => undefined,
    },
  });
}
void WrongTables;

// Outside, in the browser, in a test.

declare const layer: InMemoryChannelLayer;
void publisher(layer, chat).groupSend(chat.groups.room("lobby"), { type: "said", author: "cron", text: "tick" });
true satisfies Equal<ReturnType<typeof chat.groups.room>, Group<"chat">>;
// @ts-expect-error: a group of another contract
void publisher(layer, chat).groupSend(news.groups.all(), { type: "left", who: "" });
// @ts-expect-error: a group is more than its name
void publisher(layer, chat).groupSend("chat.room.lobby", { type: "left", who: "" });

declare const socket: ClientSocket;
const client = new ContractClient(socket, chat);
const stop: () => void = client.on("said", ({ author, text }) => void [author satisfies string, text satisfies string]);
stop();
true satisfies Equal<ReturnType<typeof client.send>, boolean>;
client.send({ type: "say", text: "hello" });
// @ts-expect-error: the contract has no such kind
client.send({ type: "sya", text: "hello" });
// @ts-expect-error: the contract has no such kind
client.on("sayed", () => undefined);
client.close();

const mina = new ContractCommunicator(application, chat, "/ws/chat/lobby/?as=mina");
mina.sendMessage({ type: "say", text: "hello" });
// @ts-expect-error: the message has a text
mina.sendMessage({ type: "say" });
export const author: Promise<string> = mina.receiveMessage("said").then((message) => message.author);

// One schema for each side.

const plain = defineContract({
  ...chat,
  path: "/ws/plain/:room/",
  client: z.object({ message: z.string() }),
  server: z.object({ message: z.string() }),
});
class Plain extends JsonWebSocketConsumer(plain) {
  static readonly handlers = this.handle({
    receive({ message }) {
      return this.groupSend(plain.groups.room("lobby"), { type: "said", author: "", text: message });
    },
    events: {
      said: { relay: ({ text }) => ({ message: text }) },
      left: () => undefined,
      typing: () => undefined,
    },
  });
}
consumer(Plain);
new ContractClient(socket, plain).on("message", ({ message }) => void (message satisfies string));

// A contract carries JSON only.

const base = { name: "x", path: "/", client: {}, server: {}, groups: {} } as const;
// @ts-expect-error: JSON changes a date to text
defineContract({ ...base, events: { when: z.object({ at: z.date() }) } });
// @ts-expect-error: JSON empties a map
defineContract({ ...base, events: { all: z.object({ names: z.map(z.string(), z.string()) }) } });
// @ts-expect-error: JSON has no bigint, in a list as well
defineContract({ ...base, client: { count: z.object({ counts: z.array(z.bigint()) }) }, events: {} });
// @ts-expect-error: the schema does not accept its own output
defineContract({ ...base, events: { measured: z.object({ size: z.string().transform(Number) }) } });
// @ts-expect-error: the field `type` is reserved
defineContract({ ...base, server: { said: z.object({ type: z.string() }) }, events: {} });
// @ts-expect-error: the kind `error` is reserved
defineContract({ ...base, server: { error: z.object({}) }, events: {} });
defineContract({
  ...base,
  client: { say: z.object({ at: z.string().transform((text) => new Date(text)), to: z.string().optional() }) },
  events: { any: z.object({ value: z.unknown(), tree: z.json(), size: z.int().default(1) }) },
});
