/** A server of a chat whose ticks end when a test says so. */
import {
  consumer,
  InMemoryChannelLayer,
  relay,
  WebSocketConsumer,
  type Awaitable,
  type EventTable,
  type WebSocketApplication,
  type WebSocketScope,
} from "@lobby/channels";
import { RecordingTransport, type RecordingSocket } from "./recording-transport.ts";

let relayCount = 0;

/** How many frames were made since the last server began. */
export function relays(): number {
  return relayCount;
}

/** Everybody is in "all"; frames of the client are commands. */
export class Chat extends WebSocketConsumer<WebSocketScope, { said: { text: string }; asked: { text: string } }> {
  static readonly events: EventTable<Chat> = {
    said: relay(({ text }) => {
      relayCount += 1;
      return text;
    }),
    asked: (self, { text }) => void self.send(`${text} to me`),
  };
  override get groups(): string[] {
    return ["all"];
  }
  override receive(command: string): Awaitable<void> {
    const [verb = "", group = "", text = ""] = command.split(" ");
    if (verb === "send") this.send(group);
    else if (verb === "join") return this.groupAdd(group);
    else if (verb === "leave") return this.groupDiscard(group);
    else if (verb === "say") return this.groupSend(group, { type: "said", text });
    else if (verb === "close") this.close();
  }
}

export const application: WebSocketApplication = consumer(Chat);

/** A server, and connections to it. */
export interface Server {
  readonly transport: RecordingTransport;
  readonly layer: InMemoryChannelLayer;
  readonly sockets: readonly RecordingSocket[];
  readonly say: (group: string, text: string) => Promise<void>;
  /** Lets a connection's client send commands, and waits until they are handled. */
  readonly command: (index: number, ...commands: readonly string[]) => Promise<void>;
}

/** Opens so many connections. */
export async function serve(size: number, writesPerTurn?: number): Promise<Server> {
  const transport = new RecordingTransport(writesPerTurn);
  const layer = new InMemoryChannelLayer();
  const sockets: RecordingSocket[] = [];
  for (let count = 0; count < size; count += 1) sockets.push(await transport.open(application, layer));
  await Promise.all(sockets.map(({ handler }) => handler.whenIdle()));
  relayCount = 0;
  return {
    transport,
    layer,
    sockets,
    say: (group, text) => layer.groupSend(group, { type: "said", text }),
    command: async (index, ...commands) => {
      for (const command of commands) {
        sockets[index]?.handler.receive(command);
        await sockets[index]?.handler.whenIdle();
      }
    },
  };
}
