import { WebSocketConsumer } from "@lobby/channels";

/** A consumer that sends every frame back. */
export class Echo extends WebSocketConsumer {
  override receive(text: string): void {
    this.send(text);
  }

  override receiveBinary(bytes: Uint8Array): void {
    this.send(bytes);
  }
}
