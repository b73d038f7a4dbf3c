/**
 * A node of a chat: a server with sockets and a layer, which reports its gaps. It runs in the process of a test, or as a
 * process of its own, which prints its address and each gap as lines of JSON.
 */
import { consumer, protocolRouter, WebSocketConsumer, type EventTable, type WebSocketScope } from "@lobby/channels";
import { serve } from "@lobby/channels-node";
import { RedisChannelLayer } from "@lobby/channels-redis";

/** A message of the chat. */
export interface ChatMessage {
  readonly by: string;
  readonly n: number;
}

/** The outcome of a message, for the client that sent it. The times are on the clock that all processes share. */
export interface SendOutcome {
  /** The `n` of the message. */
  readonly outcomeOf: number;
  /** `sent`, or the code of the error. */
  readonly outcome: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A time in which messages may have been lost. */
export interface GapTime {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Options of a node. */
export interface ChatNodeOptions {
  readonly redisUrl: string;
  readonly timeoutMs: number;
  readonly onGap: (time: GapTime) => void;
}

/** A running node. */
export interface ChatNode {
  readonly url: string;
  close(): Promise<void>;
}

/** Returns the time on a clock that all processes of this machine share. */
export function sharedNowMs(): number {
  return performance.timeOrigin + performance.now();
}

class Chat extends WebSocketConsumer<WebSocketScope, { "chat.message": ChatMessage }> {
  static readonly events: EventTable<Chat> = {
    "chat.message": { relay: ({ by, n }) => JSON.stringify({ by, n }) },
  };

  override get groups(): readonly string[] {
    return ["room"];
  }

  /** Sends each message without waiting for the previous one, because the layer has to keep the order. */
  override receive(text: string): void {
    const message = JSON.parse(text) as ChatMessage;
    const fromMs = sharedNowMs();
    const answer = (outcome: string): void => {
      const frame: SendOutcome = { outcomeOf: message.n, outcome, fromMs, toMs: sharedNowMs() };
      this.send(JSON.stringify(frame));
    };
    this.groupSend("room", { type: "chat.message", ...message }).then(
      () => answer("sent"),
      (error: { readonly code?: unknown }) => answer(String(error.code)),
    );
  }
}

/** Starts a node on a free port. */
export async function startChatNode({ redisUrl, timeoutMs, onGap }: ChatNodeOptions): Promise<ChatNode> {
  const layer = await RedisChannelLayer.connect({ url: redisUrl, timeoutMs });
  layer.onGap(({ durationMs }) => onGap({ fromMs: sharedNowMs() - durationMs, toMs: sharedNowMs() }));
  const application = protocolRouter({ layer, websocket: consumer(Chat), http: () => new Response("chat") });
  const server = await serve(application, { listen: { port: 0, host: "127.0.0.1" }, onReport: () => undefined });
  return {
    url: server.webSocketUrl,
    async close() {
      await server.close({ timeoutMs: 1_000 });
      await layer.close();
    },
  };
}

function print(line: object): void {
  console.log(JSON.stringify(line));
}

if (import.meta.main) {
  const [redisUrl = "", timeoutMs = ""] = process.argv.slice(2);
  const node = await startChatNode({ redisUrl, timeoutMs: Number(timeoutMs), onGap: print });
  // The process ends without `process.exit`, so a leaked resource fails the test.
  process.once("SIGTERM", () => void node.close());
  print({ url: node.url });
}
