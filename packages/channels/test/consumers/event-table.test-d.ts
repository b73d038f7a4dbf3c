/** Type tests: the events of a consumer. */
import {
  consumer,
  protocolRouter,
  WebSocketConsumer,
  type ConsumerContext,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import type { Equal } from "../support/equal.ts";

// A consumer's events have a handler or a relay each, with the event's type inferred.

class Chat extends WebSocketConsumer<
  WebSocketScope,
  { "chat.message": { text: string }; "chat.kick": { id: number } }
> {
  static readonly events: EventTable<Chat> = {
    "chat.message": {
      relay: (event) => {
        void (true satisfies Equal<typeof event, { readonly type: "chat.message"; readonly text: string }>);
        return event.text;
      },
    },
    "chat.kick"(event) {
      void (true satisfies Equal<typeof event.id, number>);
      this.close(4000 + event.id);
    },
  };

  override async receive(text: string): Promise<void> {
    await this.groupSend("room", { type: "chat.message", text });
    await this.groupSend("room", { type: "chat.kick", id: 1 });
    // @ts-expect-error: the event is not declared
    await this.groupSend("room", { type: "chat.mesage", text });
    // @ts-expect-error: the field is not the event's
    await this.groupSend("room", { type: "chat.message", txt: text });
    // @ts-expect-error: the field has the wrong type
    await this.groupSend("room", { type: "chat.kick", id: "1" });
    // @ts-expect-error: the field is missing
    await this.groupSend("room", { type: "chat.kick" });
    // @ts-expect-error: the field is another event's
    await this.groupSend("room", { type: "chat.message", text, id: 1 });
  }
}
protocolRouter({ websocket: consumer(Chat) });

export const tables: readonly EventTable<Chat>[] = [
  {
    "chat.message": { relay: ({ text }) => text },
    async "chat.kick"() {
      this.close();
    },
  },
  // @ts-expect-error: no handler for a declared event
  { "chat.message": { relay: ({ text }) => text } },
  {
    "chat.message": { relay: ({ text }) => text },
    "chat.kick": () => undefined,
    // @ts-expect-error: a relay for an undeclared event
    "chat.typing": { relay: () => "" },
  },
  {
    "chat.message": { relay: ({ text }) => text },
    "chat.kick": () => undefined,
    // @ts-expect-error: a handler for an undeclared event
    "chat.typing": () => undefined,
  },
  {
    // @ts-expect-error: the event has no such field
    "chat.message": { relay: ({ body }) => body },
    "chat.kick": () => undefined,
  },
  {
    // @ts-expect-error: a relay of another event
    "chat.message": { relay: ({ id }: { readonly id: number }) => `${id}` },
    "chat.kick": () => undefined,
  },
  {
    // @ts-expect-error: what a relay makes is a frame
    "chat.message": { relay: ({ text }) => ({ text }) },
    "chat.kick": () => undefined,
  },
  {
    "chat.message": { relay: ({ text }) => text },
    "chat.kick"() {
      // @ts-expect-error: a consumer has no such method
      this.kick();
    },
  },
];

// The members of a group may share one event, so its fields are read-only.

interface Listed {
  list: { names: string[]; readonly pair: [number, { x: number }]; at: Date | undefined; any: unknown; id: Branded };
}
type Branded = string & { readonly "~brand": "id" };
class Lister extends WebSocketConsumer<WebSocketScope, Listed> {
  static readonly events: EventTable<Lister> = {
    list(event) {
      // @ts-expect-error: a field is read-only
      event.names = [];
      // @ts-expect-error: so is what it holds
      event.names.push("Mina");
      // @ts-expect-error: and what that holds
      event.pair[1].x = 1;
      void (event.id satisfies Branded);
      const [name, [number, { x }], at] = [event.names[0], event.pair, event.at?.getTime()];
      this.send(`${name} ${number + x} ${at} ${JSON.stringify(event.any)}`);
    },
  };
  override async receive(text: string): Promise<void> {
    const id = text as Branded;
    await this.groupSend("room", { type: "list", names: [text], pair: [1, { x: 1 }], at: new Date(), any: text, id });
  }
}
consumer(Lister);

class Forgetful extends WebSocketConsumer<WebSocketScope, { note: object }> {}
// @ts-expect-error: the class declares events and has no table
consumer(Forgetful);

class Partial extends WebSocketConsumer<WebSocketScope, { note: object; other: object }> {
  static readonly events = { note: { relay: () => "" } };
}
// @ts-expect-error: the table lacks an event
consumer(Partial);

class Inferred extends WebSocketConsumer<WebSocketScope, { note: { text: string }; other: { id: number } }> {
  static readonly events = { note: { relay: ({ text }: { text: string }) => text }, other: (): void => undefined };
}
consumer(Inferred);

class Excessive extends WebSocketConsumer<WebSocketScope, { note: object }> {
  static readonly events = { note: { relay: () => "" }, nte: { relay: () => "" } };
}
// @ts-expect-error: the table has an event that the class does not declare
consumer(Excessive);

class Wrong extends WebSocketConsumer<WebSocketScope, { note: { text: string } }> {
  static readonly events = { note: (event: { readonly id: number }): void => void event.id };
}
// @ts-expect-error: the handler takes another event
consumer(Wrong);

class Undeclared extends WebSocketConsumer {
  static readonly events = { note: { relay: () => "" } };
}
// @ts-expect-error: the class has a table and declares no events
consumer(Undeclared);

class Louder extends Chat {}
consumer(Louder);

class Shouter extends WebSocketConsumer<WebSocketScope, { note: { text: string } }> {
  static readonly events: EventTable<Shouter> = { note: { relay: ({ text }) => text } };
  readonly volume: number;
  constructor(context: ConsumerContext, volume: number) {
    super(context);
    this.volume = volume;
  }
}
consumer(Shouter, 11);
// @ts-expect-error: the volume is missing
consumer(Shouter);

class Quiet extends WebSocketConsumer {
  override async receive(text: string): Promise<void> {
    // @ts-expect-error: a consumer that declares no events sends none
    await this.groupSend("room", { type: "note", text });
    await this.layer.groupSend("room", { type: "note", text });
    // @ts-expect-error: a message has a type
    await this.layer.groupSend("room", { text });
  }
}
consumer(Quiet);
