/** A recorder that is served as an event stream. */
import { consumer, type HttpApplication } from "@lobby/channels";
import { eventStream, type EventStreamOptions } from "@lobby/channels/event-stream";
import { Recorder, type Script } from "./recorder.ts";

/** Makes an event stream whose consumer is a `Recorder`, and returns it with the log. */
export function recordedStream(
  script: Script = {},
  options: EventStreamOptions = {},
): { readonly log: string[]; readonly application: HttpApplication } {
  const log: string[] = [];
  return { log, application: eventStream(consumer(Recorder, log, script), options) };
}
