/** A recorder behind an event stream. */
import { consumer, eventStream, type EventStreamOptions, type HttpApplication } from "@lobby/channels";
import { Recorder, type Script } from "./recorder.ts";

/** See the head of this file. */
export function recording(
  script: Script = {},
  options: EventStreamOptions = {},
): { readonly log: string[]; readonly application: HttpApplication } {
  const log: string[] = [];
  return { log, application: eventStream(consumer(Recorder, log, script), options) };
}
