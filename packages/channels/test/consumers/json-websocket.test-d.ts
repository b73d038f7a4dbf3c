/** Type tests: the schema of a JSON consumer. */
import { anyJson, consumer, JsonWebSocketConsumer, type StandardSchema, type WebSocketScope } from "@lobby/channels";
import type { Equal } from "../support/equal.ts";

// A schema types what `receiveJson` gets.

interface Post {
  readonly message: string;
}
declare const post: StandardSchema<Post>;
declare const other: StandardSchema<{ readonly body: string }>;

class Poster extends JsonWebSocketConsumer<WebSocketScope, object, Post> {
  override get schema(): StandardSchema<Post> {
    return post;
  }
  override receiveJson(content: Post): void {
    void (true satisfies Equal<typeof content.message, string>);
    this.sendJson(content);
  }
}
consumer(Poster);

export class Mismatched extends JsonWebSocketConsumer<WebSocketScope, object, Post> {
  // @ts-expect-error: the schema gives something else than the handler takes
  override get schema(): StandardSchema<{ readonly body: string }> {
    return other;
  }
}

export class Unchecked extends JsonWebSocketConsumer {
  override get schema(): typeof anyJson {
    return anyJson;
  }

  override receiveJson(content: unknown): void {
    // @ts-expect-error: without a schema nothing is known of the content
    this.sendJson(content.message);
  }
}
