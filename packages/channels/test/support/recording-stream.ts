/** A recorder behind an event stream. */
import { consumer, type HttpApplication } from "@lobby/channels";
import { eventStream, type EventStreamOptions } from "@lobby/channels/event-stream";
import { Recorder, type Script } from "./recorder.ts";

/** See the head of this file. */
export function recording(
  script: Script = {},
  options: EventStreamOptions = {},
): { readonly log: string[]; readonly application: HttpApplication } {
  const log: string[] = [];
  return { log, application: eventStream(consumer(Recorder, log, script), options) };
}
