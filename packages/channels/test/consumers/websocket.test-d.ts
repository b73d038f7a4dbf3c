/** Type tests: the constructor arguments of a consumer. */
import { consumer, WebSocketConsumer, type ConsumerContext } from "@lobby/channels";

// Constructor arguments are checked where the consumer is mounted.

class Greeter extends WebSocketConsumer {
  readonly greeting: string;
  constructor(context: ConsumerContext, greeting: string) {
    super(context);
    this.greeting = greeting;
  }
}
consumer(Greeter, "hello");
// @ts-expect-error: the greeting is missing
consumer(Greeter);
// @ts-expect-error: the greeting is text
consumer(Greeter, 1);
// @ts-expect-error: nobody takes a second one
consumer(Greeter, "hello", "again");
