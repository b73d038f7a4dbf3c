/** What the compiler promises of contracts; see `types.test-d.ts`. */
import {
  consumer,
  ContractClient,
  ContractConsumer,
  protocolRouter,
  publisher,
  relay,
  relayJson,
  route,
  urlRouter,
  type Contract,
  type EventTable,
  type InMemoryChannelLayer,
  type InferInput,
  type InferOutput,
  type ScopeParams,
  type StandardSchema,
  type WebSocketScope,
} from "@lobby/channels";

// Two such functions are the same type only when A and B are, `any` and `readonly` included.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Expect<T extends true> = T;

type RoomScope = WebSocketScope & ScopeParams<"/ws/chat/:room/">;

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
declare const chat: {
  readonly client: StandardSchema<{ readonly message?: string }, ClientMessage>;
  readonly server: StandardSchema<ServerMessage>;
  readonly events: { readonly "chat.message": StandardSchema<Said> };
};
chat satisfies Contract;
export type TypesOfSchemas = [
  Expect<Equal<InferOutput<typeof chat.client>, ClientMessage>>,
  Expect<Equal<InferInput<typeof chat.client>, { readonly message?: string }>>,
];

class ContractChat extends ContractConsumer<typeof chat, RoomScope> {
  static readonly contract = chat;
  static readonly events: EventTable<ContractChat> = {
    "chat.message": relayJson(({ text, author }) => ({ message: text, author })),
  };
  override receiveJson({ message }: ClientMessage): Promise<void> {
    this.sendJson({ message, author: this.scope.params.room });
    // @ts-expect-error: the contract says that the server sends an author
    this.sendJson({ message });
    // @ts-expect-error: the contract says that the event has an author
    void this.groupSend("lobby", { type: "chat.message", text: message });
    // @ts-expect-error: the contract has no such event
    void this.groupSend("lobby", { type: "chat.mesage", text: message, author: "" });
    return this.groupSend("lobby", { type: "chat.message", text: message, author: "somebody" });
  }
}
protocolRouter({ websocket: urlRouter([route("/ws/chat/:room/", consumer(ContractChat))]) });

class WrongInput extends ContractConsumer<typeof chat> {
  static readonly contract = chat;
  static readonly events: EventTable<WrongInput> = { "chat.message": () => undefined };
  // @ts-expect-error: the contract says that a message is text
  override receiveJson({ message }: { message: number }): void {
    void message;
  }
}

class WrongOutput extends ContractConsumer<typeof chat> {
  static readonly contract = chat;
  static readonly events: EventTable<WrongOutput> = {
    // @ts-expect-error: a relay sends what the contract says, and this has no author
    "chat.message": relayJson(({ text }) => ({ message: text })),
  };
}
class RawOutput extends ContractConsumer<typeof chat> {
  static readonly contract = chat;
  static readonly events: EventTable<RawOutput> = {
    // @ts-expect-error: nobody knows what is in this text
    "chat.message": relay(({ text }) => text),
  };
}
consumer(WrongInput);
consumer(WrongOutput);
consumer(RawOutput);

class NoContract extends ContractConsumer<typeof chat> {
  static readonly events: EventTable<NoContract> = { "chat.message": () => undefined };
}
// @ts-expect-error: the class lacks its contract
consumer(NoContract);

const client = new ContractClient(new WebSocket("ws://localhost/"), chat, {
  onMessage: ({ author }) => void (true satisfies Equal<typeof author, string>),
});
client.send({});
// @ts-expect-error: a message is text
client.send({ message: 5 });

declare const anyLayer: InMemoryChannelLayer;
const fromOutside = publisher(anyLayer, chat);
void fromOutside.groupSend("lobby", { type: "chat.message", text: "", author: "" }, { except: "somebody" });
// @ts-expect-error: the event has an author
void fromOutside.groupSend("lobby", { type: "chat.message", text: "" });
// @ts-expect-error: no such event
void fromOutside.send("channel", { type: "chat.mesage", text: "", author: "" });

// What an event brings may be sent on as it is, lists included.

declare const lists: {
  readonly client: StandardSchema<ClientMessage>;
  readonly server: StandardSchema<{ names: string[] }>;
  readonly events: { readonly list: StandardSchema<{ names: string[] }> };
};
class Lister extends ContractConsumer<typeof lists> {
  static readonly contract = lists;
  static readonly events: EventTable<Lister> = { list: relayJson(({ names }) => ({ names })) };
}
class HandLister extends ContractConsumer<typeof lists> {
  static readonly contract = lists;
  static readonly events: EventTable<HandLister> = { list: (self, { names }) => void self.sendJson({ names }) };
}
consumer(Lister);
consumer(HandLister);
