/** The tasks that wait in the queue of a connection. */
import type { FrameData } from "../fanout/codec.ts";
import type { HandledEvent } from "./consumer-kind.ts";

/** One call of a consumer, with its arguments. */
export type Task =
  | { readonly kind: "connect" }
  | { readonly kind: "receive"; readonly data: FrameData }
  | { readonly kind: "event"; readonly event: HandledEvent }
  | { readonly kind: "scope"; readonly scope: object }
  | { readonly kind: "disconnect"; readonly code: number; readonly reason: string };

/** Returns the operation that a report names: the type of an event, or the kind of another task. */
export function operationOf(task: Task): string {
  return task.kind === "event" ? task.event.message.type : task.kind;
}
