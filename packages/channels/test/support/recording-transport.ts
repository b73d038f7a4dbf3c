/** A transport that writes down what fan-out does, and whose ticks end when a test says so. */
import type { ChannelLayer, ConsumerReport, FrameData, WebSocketApplication, WebSocketScope } from "@lobby/channels";
import type { ServerFanout, ServerSocket, SocketHandler } from "@lobby/channels/server";
import { Fanout } from "../../src/fanout/fanout.ts";

/** The texts that one write carried; by its identity it can be seen who was given the same bytes. */
export type Written = readonly FrameData[];

/** One server's sockets. */
export class RecordingTransport {
  readonly fanout: Fanout<Written>;
  readonly reports: ConsumerReport[] = [];
  encodeCount = 0;
  /** How often several frames were made one to write. */
  joinCount = 0;
  #flush: (() => void) | undefined;
  scheduleCount = 0;

  constructor(writesPerTurn?: number) {
    this.fanout = new Fanout<Written>(
      {
        codec: {
          encode: (data) => [this.#encoded(data)],
          batch: () => {
            const frames: FrameData[] = [];
            return {
              append: (data) => void frames.push(this.#encoded(data)),
              drop: (count) => void frames.splice(0, count),
              slice: (from, to) => {
                if (to - from > 1) this.joinCount += 1;
                return frames.slice(from, to);
              },
            };
          },
          join: (frames) => {
            this.joinCount += 1;
            return frames.flat();
          },
        },
        schedule: (flush) => {
          this.scheduleCount += 1;
          this.#flush = flush;
        },
        report: (report) => this.reports.push(report),
      },
      writesPerTurn,
    );
  }

  #encoded(data: FrameData): FrameData {
    if (typeof data !== "string" && !(data instanceof Uint8Array)) throw new TypeError("Expected text or bytes.");
    this.encodeCount += 1;
    return data;
  }

  /** Ends the tick: what was scheduled runs, until nothing is. */
  tick(): void {
    while (this.#flush !== undefined) this.turn();
  }

  /** Runs what was scheduled, and nothing that this schedules. */
  turn(): void {
    const flush = this.#flush;
    this.#flush = undefined;
    flush?.();
  }

  /** Opens a connection to an application, as far as its handshake goes at once. */
  async open(application: WebSocketApplication, layer: ChannelLayer): Promise<RecordingSocket> {
    const socket = new RecordingSocket(this.fanout);
    const scope: WebSocketScope = {
      type: "websocket",
      url: new URL("ws://testserver/"),
      headers: new Headers(),
      subprotocols: [],
      client: { address: "127.0.0.1", port: 1 },
      params: {},
      subjects: [],
      reply: { append: () => true },
      layer,
    };
    socket.handler = (await application(socket, scope)) as SocketHandler;
    socket.handler.open();
    return socket;
  }
}

/** One of them, as its application sees it. */
export class RecordingSocket implements ServerSocket<Written> {
  readonly fanout: ServerFanout<Written>;
  readonly writes: Written[] = [];
  readonly corks: ("cork" | "uncork")[] = [];
  readonly closes: { readonly code: number; readonly reason: string }[] = [];
  declare handler: SocketHandler;

  constructor(fanout: ServerFanout<Written>) {
    this.fanout = fanout;
  }

  /** Every frame that was written, in order, whatever it was joined with. */
  get frames(): readonly FrameData[] {
    return this.writes.flat();
  }

  accept(): void {}
  deny(): void {}
  write(frame: Written): void {
    this.writes.push(frame);
  }
  cork(): void {
    this.corks.push("cork");
  }
  uncork(): void {
    this.corks.push("uncork");
  }
  close(code: number, reason: string): void {
    this.closes.push({ code, reason });
  }
  pause(): void {}
  resume(): void {}
}
