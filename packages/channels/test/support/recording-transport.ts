/** A transport that records the calls of the fan-out, and whose ticks a test ends by hand. */
import type {
  ChannelLayer,
  ConsumerReport,
  FrameData,
  ServerSocket,
  SocketHandler,
  WebSocketApplication,
  WebSocketScope,
} from "@lobby/channels";
import type { ServerFanout } from "@lobby/channels/server";
import { Fanout } from "../../src/fanout/fanout.ts";

/** The frames of one write. Two sockets that received the same bytes have the identical list. */
export type Written = readonly FrameData[];

/** The transport of one server. */
export class RecordingTransport {
  readonly fanout: Fanout<Written>;
  readonly reports: ConsumerReport[] = [];
  encodeCount = 0;
  /** How often the codec joined several frames into one write. */
  joinCount = 0;
  #flush: (() => void) | undefined;
  scheduleCount = 0;

  constructor(writesPerSlice?: number, maxBufferedBytes: number = Infinity) {
    this.fanout = new Fanout<Written>(
      {
        codec: {
          encode: (data) => [this.#encoded(data)],
          batch: () => {
            const frames: FrameData[] = [];
            return {
              append: (data) => {
                frames.push(this.#encoded(data));
                return data.length;
              },
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
          sizeOf: (frames) => frames.reduce((bytes, frame) => bytes + frame.length, 0),
        },
        maxBufferedBytes,
        schedule: (flush) => {
          this.scheduleCount += 1;
          this.#flush = flush;
        },
        report: (report) => this.reports.push(report),
      },
      writesPerSlice,
    );
  }

  #encoded(data: FrameData): FrameData {
    this.encodeCount += 1;
    return data;
  }

  /** Ends the tick: runs the scheduled slices until none is left. */
  tick(): void {
    while (this.#flush !== undefined) this.slice();
  }

  /** Runs the scheduled slice, and none that it schedules. */
  slice(): void {
    const flush = this.#flush;
    this.#flush = undefined;
    flush?.();
  }

  /** Opens a connection to an application. Its handshake may still be running when this resolves. */
  async open(application: WebSocketApplication, layer: ChannelLayer): Promise<RecordingSocket> {
    const socket = new RecordingSocket(this.fanout);
    const scope: WebSocketScope = {
      type: "websocket",
      url: new URL("ws://testserver/"),
      headers: new Headers(),
      subprotocols: [],
      client: { address: "127.0.0.1", port: 1, isUntrustedProxy: false },
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

/** One socket of the transport, with everything that its application wrote. */
export class RecordingSocket implements ServerSocket<Written> {
  readonly fanout: ServerFanout<Written>;
  readonly writes: Written[] = [];
  readonly corks: ("cork" | "uncork")[] = [];
  readonly bufferedBytes = 0;
  readonly closes: { readonly code: number; readonly reason: string }[] = [];
  declare handler: SocketHandler;

  constructor(fanout: ServerFanout<Written>) {
    this.fanout = fanout;
  }

  /** Every frame that was written, in order, joined or not. */
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
  async drained(): Promise<void> {}
  pause(): void {}
  resume(): void {}
}
