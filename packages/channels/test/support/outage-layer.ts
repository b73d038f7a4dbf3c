/** The in-memory layer, with a backend that can be lost: then nobody can listen to some of its channels. */
import { InMemoryChannelLayer, type ChannelMessage, type ReceiveOptions } from "@lobby/channels";

/** See the head of this file. */
export class OutageLayer extends InMemoryChannelLayer {
  /** Every try to listen, by its channel. */
  readonly tries: string[] = [];
  /** What the last wait for each channel asked to be told. */
  readonly waits: Map<string, ReceiveOptions> = new Map();
  readonly #outages = new Map<string, AbortController>();

  /** Ends the waits for a channel, and refuses others, until `mend`. */
  break(channel: string, cause: unknown): void {
    this.#outage(channel).abort(cause);
  }

  mend(channel: string): void {
    this.#outages.delete(channel);
  }

  override receive(channel: string, options: ReceiveOptions = {}): Promise<ChannelMessage> {
    this.tries.push(channel);
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
