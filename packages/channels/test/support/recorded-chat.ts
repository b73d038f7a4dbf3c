/** A chat over a recording transport, whose ticks a test ends by hand. */
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type EventTable,
  type WebSocketApplication,
  type WebSocketScope,
} from "@lobby/channels";
import type { Awaitable } from "../../src/internal/promise.ts";
import { RecordingTransport, type RecordingSocket } from "./recording-transport.ts";

let relayCount = 0;

/** Returns how often a relay ran since the last server started. */
export function relays(): number {
  return relayCount;
}

/** A consumer in the group "all" that executes the commands in its client's frames. */
export class Chat extends WebSocketConsumer<WebSocketScope, { said: { text: string }; asked: { text: string } }> {
  static readonly events: EventTable<Chat> = {
    said: {
      relay: ({ text }) => {
        relayCount += 1;
        return text;
      },
    },
    asked({ text }) {
      this.send(`${text} to me`);
    },
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

/** A server with open connections. */
export interface Server {
  readonly transport: RecordingTransport;
  readonly layer: InMemoryChannelLayer;
  readonly sockets: readonly RecordingSocket[];
  readonly say: (group: string, text: string) => Promise<void>;
  /** Sends commands from one client and waits until its consumer has executed them. */
  readonly command: (index: number, ...commands: readonly string[]) => Promise<void>;
}

/**
 * Starts a server and opens connections to it.
 * @param size The number of connections.
 */
export async function serve(size: number, writesPerSlice?: number, maxBufferedBytes?: number): Promise<Server> {
  const transport = new RecordingTransport(writesPerSlice, maxBufferedBytes);
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
