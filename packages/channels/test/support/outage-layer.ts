/** The in-memory layer with simulated outages of single channels. */
import { InMemoryChannelLayer, type ChannelMessage, type ReceiveOptions } from "@lobby/channels";

/** An in-memory layer that refuses `receive` for a channel while the test keeps it broken. */
export class OutageLayer extends InMemoryChannelLayer {
  /** The channel of every call of `receive`, in order. */
  readonly attempts: string[] = [];
  /** The options of the last call of `receive`, by channel. */
  readonly waits: Map<string, ReceiveOptions> = new Map();
  readonly #outages = new Map<string, AbortController>();

  /** Ends the waits for a channel, and refuses new ones until `repair`. */
  break(channel: string, cause: unknown): void {
    this.#outage(channel).abort(cause);
  }

  repair(channel: string): void {
    this.#outages.delete(channel);
  }

  override receive(channel: string, options: ReceiveOptions = {}): Promise<ChannelMessage> {
    this.attempts.push(channel);
    this.waits.set(channel, options);
    const { signal } = this.#outage(channel);
    return super.receive(channel, { ...options, signal: AbortSignal.any([signal, options.signal ?? signal]) });
  }

  #outage(channel: string): AbortController {
    let outage = this.#outages.get(channel);
    if (outage === undefined) {
      outage = new AbortController();
      this.#outages.set(channel, outage);
    }
    return outage;
  }
}
