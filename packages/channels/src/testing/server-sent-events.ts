/** Reads event streams in tests. */
import { mediaTypeOf } from "../event-stream/body.ts";
import { quote } from "../describe-value.ts";
import { CommunicatorMismatchError } from "./errors.ts";

/** An event, as an `EventSource` would dispatch it. */
export interface ServerSentEvent {
  /** The type of the event. Default `message`. */
  readonly type: string;
  readonly data: string;
}

/**
 * Returns the events in the response of an `eventStream`. Leaving the loop early closes the connection, as closing an
 * `EventSource` does.
 * @example
 * const response = await requestApplication(application, "/sse/", { headers: { Accept: "text/event-stream" } });
 * for await (const { type, data } of eventsOf(response)) console.log(type, data);
 * @throws {CommunicatorMismatchError} CHANNELS_COMMUNICATOR_MISMATCH when the response is not an event stream, such as
 * a denial.
 */
export function eventsOf(response: Response): AsyncGenerator<ServerSentEvent, void> {
  const type = mediaTypeOf(response);
  if (response.status !== 200 || type !== "text/event-stream") {
    throw new CommunicatorMismatchError("an event stream", `status ${response.status} and the type ${quote(type)}`);
  }
  return eventsIn(response);
}

async function* eventsIn({ body }: Response): AsyncGenerator<ServerSentEvent, void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) if (!block.startsWith(":")) yield eventIn(block);
  }
}

function eventIn(block: string): ServerSentEvent {
  let type = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) type = line.slice("event: ".length);
    else if (line.startsWith("data: ")) data.push(line.slice("data: ".length));
  }
  return { type, data: data.join("\n") };
}
