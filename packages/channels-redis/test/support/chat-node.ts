/**
 * One node of a chat: a server with sockets and a layer, and word of its gaps.
 * In the process of a test, or, run by itself, in one of its own: then it prints
 * where it listens and each gap, as lines of JSON.
 */
import {
  consumer,
  protocolRouter,
  relay,
  WebSocketConsumer,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { serve } from "@lobby/channels-node";
import { RedisChannelLayer } from "@lobby/channels-redis";

/** A message of the chat, as it comes to a client. */
export interface Said {
  readonly by: string;
  readonly n: number;
}

/** What became of a message, told to the client that sent it. Times are of the clock that all processes share. */
export interface Settled {
  readonly settled: number;
  /** `sent`, or the code of the error. */
  readonly outcome: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** When messages may have been lost. */
export interface LostTime {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a node is told. */
export interface ChatNodeOptions {
  readonly redisUrl: string;
  readonly timeoutMs: number;
  readonly onGap: (time: LostTime) => void;
}

/** See the head of this file. */
export interface ChatNode {
  readonly url: string;
  close(): Promise<void>;
}

/** The time on a clock that all processes of this machine share. */
export function sharedNowMs(): number {
  return performance.timeOrigin + performance.now();
}

class Chat extends WebSocketConsumer<WebSocketScope, { "chat.said": Said }> {
  static readonly events: EventTable<Chat> = {
    "chat.said": relay(({ by, n }) => JSON.stringify({ by, n })),
  };

  override get groups(): readonly string[] {
    return ["room"];
  }

  /** Sends without waiting for what was sent before: that must not disturb the order. */
  override receive(text: string): void {
    const said = JSON.parse(text) as Said;
    const fromMs = sharedNowMs();
    const tell = (outcome: string): void => {
      const settled: Settled = { settled: said.n, outcome, fromMs, toMs: sharedNowMs() };
      this.send(JSON.stringify(settled));
    };
    this.groupSend("room", { type: "chat.said", ...said }).then(
      () => tell("sent"),
      (error: { readonly code?: unknown }) => tell(String(error.code)),
    );
  }
}

/** Starts a node at a free port. */
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
  // It ends by itself: nothing that was closed holds it.
  process.once("SIGTERM", () => void node.close());
  print({ url: node.url });
}
