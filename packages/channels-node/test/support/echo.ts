/** The consumer of tests that only need one. */
import { WebSocketConsumer } from "@lobby/channels";

/** Sends back what it gets. */
export class Echo extends WebSocketConsumer {
  override receive(text: string): void {
    this.send(text);
  }

  override receiveBinary(bytes: Uint8Array): void {
    this.send(bytes);
  }
}
